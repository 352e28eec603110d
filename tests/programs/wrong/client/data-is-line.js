/* Caught by: client/input-split
 * Common: 3 (a terminal gives whole lines, so nobody notices) */
const net = require("net");

const server = net.connect(8023, "127.0.0.1");
server.on("error", (error) => {
    console.error(`connect: ${error.message}`);
    process.exit(1);
});
server.on("close", () => {
    console.error("the server has gone");
    process.exit(1);
});
server.on("connect", () => {
    console.log("连接服务器成功！");
    process.stdin.setEncoding("latin1");
    process.stdin.on("data", (line) => {
        for (const word of line.split(/[ \t\n\v\f\r]+/)) {
            server.write(word, "latin1");
            if (word === "exit") return server.end(() => process.exit());
        }
    });
    process.stdin.on("end", () => server.end(() => process.exit()));
});
