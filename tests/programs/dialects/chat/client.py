"""A right client in Python: turns. It sends a typed line without its newline, and shows what one recv returns. "bye" ends it: a typed one
when it has been sent, a received one when it has been shown.
"""
import socket
import sys


def say(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def talk(server):
    for line in sys.stdin.buffer:
        typed = line.removesuffix(b"\n")
        server.sendall(typed)
        if typed == b"bye":
            return
        reply = server.recv(1024)
        if not reply:
            sys.exit("recv: the server has closed the connection")
        say(b"Server: " + reply + b"\n")
        if reply == b"bye":
            return


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        try:
            server.connect(("127.0.0.1", 8080))
        except OSError as error:
            sys.exit(f"connect: {error.strerror}")
        say(b"Connected to the server\n")
        try:
            talk(server)
        except OSError as error:
            sys.exit(f"send: {error.strerror}")


main()
