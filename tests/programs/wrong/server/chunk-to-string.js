/* Caught by: server/message-bytes
 * Common: 4 (examples for Node.js join each chunk with a string) */
const net = require("net");

const server = net.createServer((connection) => {
  server.close();
  console.log("客户端成功连接");
  connection.on("data", (chunk) => {
    for (let at = 0; at < chunk.length; at += 1000) {
      const message = chunk.subarray(at, at + 1000).toString();
      if (message === "exit") return connection.destroy();
      console.log("收到客户端信息：" + message);
    }
  });
  connection.on("error", () => {});
});
server.on("error", (error) => {
  console.error("bind: " + error.message);
  process.exitCode = 1;
});
server.listen(8023, "127.0.0.1");
