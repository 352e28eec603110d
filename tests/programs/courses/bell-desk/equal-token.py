"""Wrong: it compares the whole word with the token.
Breaks: client/exit-exact
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


TOKEN = "再见".encode()


def talk(server, replies):
    for line in sys.stdin.buffer:
        for word in line.split():
            server.sendall(word + b"\n")
            reply = read_line(replies)
            say(b"> " + reply + b"\n")
            if TOKEN in (word, reply):
                return


def main():
    with connect_to(9001) as server:
        say(b"here\n")
        try:
            with server.makefile("rb") as replies:
                talk(server, replies)
        except OSError as error:
            sys.exit(f"send: {error.strerror}")


main()
