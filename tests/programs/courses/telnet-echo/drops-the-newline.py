"""Wrong: it sends the line without its newline.
Breaks: client/word
"""
import select
import socket
import sys


def say(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def connect_to(port):
    server = socket.socket()
    try:
        server.connect(("127.0.0.1", port))
    except OSError as error:
        sys.exit(f"connect: {error.strerror}")
    return server


def exchange(server, line):
    rest, missing = memoryview(line), len(line)
    while rest or missing > 0:
        readable, writable, _ = select.select([server] if missing > 0 else [], [server] if rest else [], [])
        if writable:
            rest = rest[server.send(rest, socket.MSG_DONTWAIT):]
        if readable:
            echo = server.recv(100)
            if not echo:
                sys.exit("recv: the server has closed the connection")
            say(echo)
            missing = 0 if b"\n" in echo else missing - len(echo)


def main():
    with connect_to(2323) as server:
        say(b"ready\n")
        try:
            for typed in sys.stdin.buffer:
                line = typed.removesuffix(b"\n")
                if line == b"quit":
                    server.sendall(line)
                    return
                exchange(server, line)
        except OSError as error:
            sys.exit(f"send: {error.strerror}")


main()
