/* Truth: this program is right, but unusual. It does not wait for the end of a word: each byte that is no white space is sent at once,
   and a small counter notices a word that is exactly `exit`. No line must change. */
const net = require('net');
const EXIT = Buffer.from('exit');

let pos = 0;      // 当前单词已经有多少字节
let same = true;  // 到目前为止和exit一样吗

const conn = net.connect(8023, '127.0.0.1');
conn.setNoDelay(true);
conn.on('error', (e) => {
  process.stderr.write('connect: ' + e.message + '\n');
  process.exit(1);
});
conn.on('end', () => {
  if (leaving) return;
  process.stderr.write('服务器断开\n');
  process.exit(1);
});
conn.on('connect', () => {
  process.stdout.write('连接服务器成功！\n');
  process.stdin.on('readable', onReadable);
  process.stdin.on('end', bye);
});

let leaving = false;
function bye() {
  leaving = true;
  process.stdin.removeListener('readable', onReadable);
  process.stdin.destroy();
  conn.end();
}

function onReadable() {
  let chunk;
  while ((chunk = process.stdin.read()) !== null) {
    const out = [];
    for (const b of chunk) {
      if (b === 32 || (b > 8 && b < 14)) {
        if (same && pos === 4) {
          conn.write(Buffer.from(out));
          return bye();
        }
        pos = 0;
        same = true;
        continue;
      }
      out.push(b);
      same = same && b === EXIT[pos];
      pos++;
    }
    if (out.length) conn.write(Buffer.from(out));
  }
}
