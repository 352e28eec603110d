/* A right server in Node.js: chunks of up to 64 KiB are cut into what recvs of 1000 bytes would have returned, and each piece is answered.
 * It waits until an answer is with the system: destroy() would throw away what a slow client has not taken yet. */
'use strict';
const { once } = require('node:events');
const net = require('node:net');

async function say(...parts) {
  if (!process.stdout.write(Buffer.concat(parts.map((part) => Buffer.from(part))))) await once(process.stdout, 'drain');
}

/** A failed answer is no end: the client has gone, and reading tells. */
function answer(socket, text) {
  return new Promise((resolve) => socket.write(text, resolve));
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
      await answer(socket, '收到');
    }
  }
}

const server = net.createServer({ allowHalfOpen: true }); // A client that only listens on still gets its answers.
server.on('error', (error) => {
  process.stderr.write(`bind: ${error.message}\n`); // Node binds when it listens.
  process.exitCode = 1;
});
server.once('connection', async (socket) => {
  server.close(); // One client only: the server accepts no more.
  try {
    await serve(socket);
  } catch (error) {
    if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') throw error;
  } finally {
    socket.destroy(); // Nothing is left to wait for, so the program exits with status 0.
  }
});
server.listen(8023, '127.0.0.1', 20);
