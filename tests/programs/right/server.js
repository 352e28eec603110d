/* A right server in Node.js: the socket is read with `for await`, chunk by chunk, as Buffers: setEncoding would put a cut character
 * together (server/message-bytes). A chunk has up to 64 KiB, so it is cut into what recvs of 1000 bytes would have returned (server/buffer).
 * Waiting for `drain` keeps a long stream from piling up in memory. */
'use strict';
const { once } = require('node:events');
const net = require('node:net');

async function say(...parts) {
  if (!process.stdout.write(Buffer.concat(parts.map((part) => Buffer.from(part))))) await once(process.stdout, 'drain');
}

function* pieces(chunk) {
  for (let start = 0; start < chunk.length; start += 1000) yield chunk.subarray(start, start + 1000);
}

async function serve(socket) {
  await say('客户端成功连接\n');
  for await (const chunk of socket) {
    for (const message of pieces(chunk)) {
      if (message.equals(Buffer.from('exit'))) return;
      await say('收到客户端信息：', message, '\n');
    }
  }
}

const server = net.createServer();
server.on('error', (error) => {
  process.stderr.write(`bind: ${error.message}\n`); // Node binds when it listens.
  process.exitCode = 1;
});
server.once('connection', async (socket) => {
  server.close(); // One client only: the server accepts no more.
  try {
    await serve(socket);
  } catch (error) {
    if (error.code !== 'ECONNRESET') throw error;
  } finally {
    socket.destroy(); // Nothing is left to wait for, so the program exits with status 0.
  }
});
server.listen(8023, '127.0.0.1', 20);
