"""A right client in Python: a prompt, a line, its echo. One line is all that the server takes, and the next recv tells that it has gone."""
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
    reply = server.recv(256)
    if not reply:
        sys.exit("recv: the server has closed the connection")
    return reply


def typed_lines(prompt):
    say(prompt)
    for line in sys.stdin.buffer:
        yield line.removesuffix(b"\n")
        say(prompt)


def main():
    with connect_to(5000) as server:
        try:
            for line in typed_lines(b"Message: "):
                server.sendall(line)
                say(b"Echo: " + receive(server) + b"\n")
        except OSError as error:
            sys.exit(f"send: {error.strerror}")


main()
