/* Truth: `once` calls the listener for the first data only. The server prints the first message and drops all later ones, and it
   recognises `exit` only if that is the first message. The line `socket.once('data', …)` must be `socket.on('data', …)`.
   Besides, node reads up to 64 KiB at once and not 1000 bytes, which is only a SHOULD. */
const net = require('net');

const server = net.createServer();

server.once('connection', (socket) => {
  server.close(); // only one client
  console.log('客户端成功连接');

  socket.once('data', (data) => {
    if (data.equals(Buffer.from('exit'))) {
      socket.destroy();
      return;
    }
    process.stdout.write(Buffer.concat([Buffer.from('收到客户端信息：'), data, Buffer.from('\n')]));
  });

  socket.on('error', () => {}); // reset: 'close' follows
});

server.on('error', (err) => {
  console.error('bind: ' + err.code);
  process.exit(1);
});

server.listen(8023, '127.0.0.1');
