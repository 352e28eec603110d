"""A right client in Python: it reads the welcome before it prompts."""
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


def typed_lines(prompt):
    say(prompt)
    for line in sys.stdin.buffer:
        yield line.removesuffix(b"\n")
        say(prompt)


def main():
    with connect_to(1234) as server:
        say(b"Connected\n")
        try:
            say(b"<" + receive(server) + b">\n")
            for line in typed_lines(b"$ "):
                server.sendall(line)
                if line in (b"q", b"Q"):
                    break
                say(b"<" + receive(server) + b">\n")
        except OSError as error:
            sys.exit(f"send: {error.strerror}")


main()
