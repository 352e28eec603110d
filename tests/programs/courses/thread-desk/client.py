"""A right client in Python: a word, and its reply."""
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
    reply = server.recv(1024)
    if not reply:
        sys.exit("recv: the server has closed the connection")
    return reply


def talk(server):
    for line in sys.stdin.buffer:
        for word in line.split():
            server.sendall(word)
            if word == b"exit":
                return
            say(receive(server) + b"\n")


def main():
    with connect_to(7777) as server:
        try:
            talk(server)
        except OSError as error:
            sys.exit(f"send: {error.strerror}")


main()
