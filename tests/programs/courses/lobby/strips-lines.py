"""Wrong: it takes away all white space around a line before it sends the line.
Breaks: client/line
"""
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
        yield line.strip()
        say(prompt)


def talk(server, replies):
    say(read_line(replies) + b"\n")
    for line in typed_lines(b"> "):
        server.sendall(line + b"\n")
        if line.strip() == b"/quit":
            return
        say(read_line(replies) + b"\n")


def main():
    with connect_to(6666) as server:
        say(b"Connected\n")
        try:
            with server.makefile("rb") as replies:
                talk(server, replies)
        except OSError as error:
            sys.exit(f"send: {error.strerror}")


main()
