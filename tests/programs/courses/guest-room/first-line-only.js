/* Wrong: it takes the first line of what one "data" event brings, and drops the others.
 * Breaks: server/message-coalesced */
const net = require("node:net");

let guests = 0;

function say(text) {
    process.stdout.write(text, "latin1");
}

function serve(connection) {
    const number = ++guests;
    let rest = "", isOver = false;
    say(`Guest ${number} (${connection.remoteAddress}) came in\n`);
    connection.setEncoding("latin1");
    connection.write("Welcome!\n");
    connection.on("data", (received) => {
        const lines = (rest + received).split("\n");
        rest = lines.pop();
        for (const line of lines.slice(0, 1)) {
            if (isOver) return;
            const message = line.endsWith("\r") ? line.slice(0, -1) : line;
            say(`Guest ${number}: ${message}\n`);
            connection.write(message + "\n", "latin1");
            if (message === "/quit") {
                isOver = true;
                connection.destroySoon(); // end() would wait until the client has closed the connection, too.
            }
        }
    });
    connection.on("error", () => {}); // A reset: "close" follows.
    connection.on("close", () => say(`Guest ${number} went out\n`));
}

const server = net.createServer(serve);
server.on("error", (error) => {
    process.stderr.write(`bind: ${error.code}\n`);
    process.exit(1);
});
server.listen(3001, "127.0.0.1", 100, () => say("Room is open\n"));
