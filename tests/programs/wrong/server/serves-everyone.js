/* Caught by: server/one-connection
 * Common: 4 (createServer in Node.js does so) */
const net = require("net");

const server = net.createServer((connection) => {
  console.log("客户端成功连接");
  connection.on("data", (chunk) => {
    for (let at = 0; at < chunk.length; at += 1000) {
      const message = chunk.subarray(at, at + 1000);
      if (message.equals(Buffer.from("exit"))) return connection.destroy();
      process.stdout.write(Buffer.concat([Buffer.from("收到客户端信息："), message, Buffer.from("\n")]));
    }
  });
  connection.on("error", () => {});
  connection.on("close", () => server.close());
});
server.on("error", (error) => {
  console.error("bind: " + error.message);
  process.exitCode = 1;
});
server.listen(8023, "127.0.0.1");
