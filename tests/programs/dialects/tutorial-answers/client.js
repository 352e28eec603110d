/* A right client in Node.js: it awaits the next chunk after each word but the token. Node reads ahead, so an answer is what one recv of
 * 1000 bytes would have returned, and the rest is kept for the next word. */
'use strict';
const { once } = require('node:events');
const net = require('node:net');
const { promisify } = require('node:util');

const SPACES = new Set(Buffer.from(' \t\n\v\f\r'));
const TOKEN = Buffer.from('exit');

async function* words(typed) {
  let begun = Buffer.alloc(0);
  for await (const chunk of typed) {
    const bytes = Buffer.concat([begun, chunk]);
    let start = 0;
    for (let i = begun.length; i < bytes.length; i++) {
      if (!SPACES.has(bytes[i])) continue;
      if (i > start) yield bytes.subarray(start, i);
      start = i + 1;
    }
    begun = bytes.subarray(start);
  }
  if (begun.length > 0) yield begun;
}

async function* answers(socket) {
  for await (const chunk of socket) {
    for (let start = 0; start < chunk.length; start += 1000) yield chunk.subarray(start, start + 1000);
  }
  throw new Error('the server has closed the connection');
}

async function talk(socket) {
  const send = promisify(socket.write.bind(socket));
  const received = answers(socket);
  for await (const word of words(process.stdin)) {
    await send(word);
    if (word.equals(TOKEN)) return;
    const { value: answer } = await received.next();
    process.stdout.write(Buffer.concat([Buffer.from('服务端：'), answer, Buffer.from('\n')]));
  }
}

async function main() {
  const socket = net.connect({ host: '127.0.0.1', port: 8023, allowHalfOpen: true });
  let step = 'connect';
  try {
    await once(socket, 'connect');
    process.stdout.write('连接服务器成功！\n');
    step = 'send';
    await talk(socket);
    socket.destroy(); // Everything has been sent. There is no need to wait for the server.
  } catch (error) {
    process.stderr.write(`${step}: ${error.message}\n`);
    process.exit(1);
  }
}

main();
