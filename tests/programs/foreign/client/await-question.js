/* Truth: between two calls of rl.question nobody listens for lines. When several lines arrive in one piece, readline emits them all at
   once; the first one answers the question, and the others are lost, because the loop asks again only later. A lost `exit` does
   not end the program. A last line without a newline answers no question either, so it is lost too. The lines to change are the loop
   and its question: for await (const line of rl). */
const net = require('net');
const readline = require('readline');

const rl = readline.createInterface({ input: process.stdin, terminal: false });
const client = new net.Socket();

process.stdin.setEncoding('latin1');

function ask() {
  return new Promise((resolve) => rl.question('', resolve));
}

let over = false;
function hangUp() {
  over = true;
  client.end();
}

async function main() {
  for (;;) {
    const line = await ask();
    for (const word of line.split(/[ \t\n\v\f\r]+/)) {
      if (word === '') continue;
      client.write(Buffer.from(word, 'latin1'));
      if (word === 'exit') {
        hangUp();
        rl.removeAllListeners('close');
        rl.close();
        process.stdin.destroy();
        return;
      }
    }
  }
}

rl.on('close', () => setImmediate(hangUp));     // Ctrl-D
client.on('error', (err) => {
  console.error((client.connected ? 'socket: ' : 'connect: ') + err.message);
  process.exit(1);
});
client.on('end', () => {
  if (over) return;
  console.error('server closed');
  process.exit(2);
});
client.connect(8023, '127.0.0.1', () => {
  client.connected = true;
  console.log('连接服务器成功！');
  main();
});
