"""A right client in Python: "Quit!" is answered, so it waits for this reply, too."""
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


def read_line(replies):
    line = replies.readline()
    if not line:
        sys.exit("recv: the server has closed the connection")
    return line.removesuffix(b"\n").removesuffix(b"\r")


def typed_lines(prompt):
    say(prompt)
    for line in sys.stdin.buffer:
        yield line.removesuffix(b"\n")
        say(prompt)


def talk(server, replies):
    for line in typed_lines(b"say: "):
        server.sendall(line + b"\n")
        reply = read_line(replies)
        say(reply + b"\n")
        if b"quit!" in (line.lower(), reply.lower()):
            return


def main():
    with connect_to(4444) as server:
        say(b"At the desk\n")
        try:
            with server.makefile("rb") as replies:
                talk(server, replies)
        except OSError as error:
            sys.exit(f"send: {error.strerror}")


main()
