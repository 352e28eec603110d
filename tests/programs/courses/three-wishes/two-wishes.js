// Wrong: the third wish is not granted.
// Breaks: server/reply
const net = require("node:net");
const fs = require("node:fs");

const say = (...parts) => fs.writeSync(1, Buffer.concat([...parts, Buffer.from("\n")]));
const upper = (text) => Buffer.from(text.map((byte) => (byte >= 97 && byte <= 122 ? byte - 32 : byte)));

const server = net.createServer((connection) => {
  let wishes = 0;
  let isOver = false;
  const end = () => {
    if (!isOver) say(Buffer.from("The lamp is still"));
    isOver = true;
  };
  say(Buffer.from("A lamp is rubbed"));
  connection.on("error", end);
  connection.on("end", end);
  connection.on("data", (data) => {
    for (let from = 0; from < data.length && !isOver; from += 300) {
      const wish = data.subarray(from, from + 300);
      if (wish.toString("latin1").replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, "") === "enough") {
        end();
        connection.destroySoon();
        return;
      }
      wishes += 1;
      say(Buffer.from("A wish: "), wish);
      if (wishes === 1) connection.write("granted, two left");
      else if (wishes === 2) connection.write("granted, one left");
      else connection.write("no more");
    }
  });
});
server.on("error", (error) => {
  console.error(`bind: ${error.message}`);
  process.exit(1);
});
server.listen(3456, "127.0.0.1", 200);
