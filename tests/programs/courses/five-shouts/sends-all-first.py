"""Wrong: it sends all words of a line, and only then receives the replies.
Breaks: client/turns
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


def receive(server):
    reply = server.recv(80)
    if not reply:
        sys.exit("recv: the server has closed the connection")
    return reply


def main():
    with connect_to(12345) as server:
        say(b"Connected\n")
        try:
            for line in sys.stdin.buffer:
                for word in line.split():
                    server.sendall(word)
                for word in line.split():
                    say(receive(server) + b"\n")
        except OSError as error:
            sys.exit(f"send: {error.strerror}")


main()
