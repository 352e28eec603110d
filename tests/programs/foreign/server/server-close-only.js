/* Truth: at `exit`, `server.close()` only stops listening. The connection stays open and its listener stays too, so the program prints
   what arrives after `exit`, and does not end before the client closes. The first line `server.close();` (in the listener for `data`)
   needs `socket.destroy();` behind it.
   Besides, node reads up to 64 KiB at once and not 1000 bytes, which is only a SHOULD. */
var net = require('net');

var server = net.createServer(function (socket) {
  if (server.client) {
    socket.destroy();
    return;
  }
  server.client = socket;
  console.log('客户端成功连接');

  socket.on('data', function (chunk) {
    // latin1 保证字节不变
    if (chunk.toString('latin1') === 'exit') {
      server.close();
      return;
    }
    process.stdout.write('收到客户端信息：');
    process.stdout.write(chunk);
    process.stdout.write('\n');
  });

  socket.on('close', function () {
    server.close();
  });
  socket.on('error', function () {});
});

server.on('error', function (e) {
  process.stderr.write('bind: ' + e.message + '\n');
  process.exit(1);
});

server.listen({ host: '127.0.0.1', port: 8023 });
