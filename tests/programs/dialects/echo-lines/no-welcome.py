"""Wrong: it sends no welcome.
Breaks: server/welcome
"""
import socket
import sys


def say(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def lines(connection):
    with connection.makefile("rb") as stream:
        try:
            for line in stream:
                yield line.removesuffix(b"\n").removesuffix(b"\r")
        except ConnectionError:
            pass  # A reset is the end of this client, too.


def send(connection, text):
    try:
        connection.sendall(text)
    except ConnectionError:
        pass


def serve(connection):
    for line in lines(connection):
        if line == b"quit":
            break
        say(b"Received: " + line + b"\n")
        send(connection, b"Echo: " + line + b"\n")


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", 7001))
        except OSError as error:
            sys.exit(f"bind: {error.strerror}")
        listener.listen(20)
        say(b"Listening on 7001\n")
        while True:
            connection, (ip, port) = listener.accept()
            with connection:
                say(f"Client {ip}:{port} connected\n".encode())
                serve(connection)
            say(b"Client left\n")


main()
