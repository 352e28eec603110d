/* A right client in Node.js: a pipeline of streams from stdin to the socket. It reads no further while the socket's buffer is full
 * (client/slow-server), and its chunks are Buffers: strings would replace invalid UTF-8 (client/word-bytes). A word ends at white space or
 * at the end of input, not where a chunk ends (client/input-split). */
'use strict';
const { once } = require('node:events');
const net = require('node:net');
const { pipeline } = require('node:stream/promises');

const SPACES = new Set(Buffer.from(' \t\n\v\f\r'));
const TOKEN = Buffer.from('exit');

/** The typed words, up to the token. */
async function* words(typed) {
  let begun = Buffer.alloc(0);
  for await (const chunk of typed) {
    const bytes = Buffer.concat([begun, chunk]);
    let start = 0;
    for (let i = begun.length; i < bytes.length; i++) {
      if (!SPACES.has(bytes[i])) continue;
      const word = bytes.subarray(start, i);
      if (word.length > 0) yield word;
      if (word.equals(TOKEN)) return;
      start = i + 1;
    }
    begun = bytes.subarray(start);
  }
  if (begun.length > 0) yield begun;
}

async function main() {
  // Half open: when the server ends its stream, ours stays open. When the server has gone, writing fails.
  const socket = net.connect({ host: '127.0.0.1', port: 8023, allowHalfOpen: true }).resume();
  let step = 'connect';
  try {
    await once(socket, 'connect');
    process.stdout.write('连接服务器成功！\n');
    step = 'send';
    await pipeline(process.stdin, words, socket);
    socket.destroy(); // All words and the FIN have been sent. There is no need to wait for the server.
  } catch (error) {
    process.stderr.write(`${step}: ${error.message}\n`);
    process.exit(1);
  }
}

main();
