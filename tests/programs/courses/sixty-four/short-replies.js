// Wrong: it sends the text without the NULs behind it.
// Breaks: server/reply
const net = require("node:net");

const padded = (text) => Buffer.concat([text, Buffer.alloc(64 - text.length)]);
const waiting = [];
let isBusy = false;

function serveNext() {
  const connection = waiting.shift();
  isBusy = connection !== undefined;
  if (!isBusy) return;
  connection.on("error", () => {});
  connection.on("close", serveNext);
  connection.write(padded(Buffer.from("Say something")));
  connection.on("data", (data) => {
    for (let from = 0; from < data.length; from += 64) {
      const piece = data.subarray(from, from + 64);
      const end = piece.indexOf(0);
      const text = Buffer.from(end < 0 ? piece : piece.subarray(0, end));
      for (let i = 0; i < text.length; i++) if (text[i] >= 97 && text[i] <= 122) text[i] -= 32;
      connection.write(text);
    }
  });
  connection.resume();
}

const server = net.createServer({ pauseOnConnect: true }, (connection) => {
  waiting.push(connection);
  if (!isBusy) serveNext();
});
server.on("error", (error) => {
  console.error(`bind: ${error.message}`);
  process.exit(1);
});
server.listen(6464, "127.0.0.1");
