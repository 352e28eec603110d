/* Caught by: client/word-bytes
 * Common: 4 (JavaScript and Java decode without being asked) */
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
    let rest = "";
    process.stdin.setEncoding("utf8");
    process.stdin.on("data", (typed) => {
        const words = (rest + typed).split(/[ \t\n\v\f\r]+/);
        rest = words.pop();
        for (const word of words) {
            server.write(word);
            if (word === "exit") return server.end(() => process.exit());
        }
    });
    process.stdin.on("end", () => server.end(rest, () => process.exit()));
});
