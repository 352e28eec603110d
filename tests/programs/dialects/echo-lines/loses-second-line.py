"""Wrong: it forgets what it has received behind the first newline, so of two lines in one segment the second is lost.
Breaks: server/message-coalesced
"""
import socket
import sys


def say(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def lines(connection):
    received = b""
    try:
        while more := connection.recv(1024):
            received += more
            if b"\n" in received:
                yield received[:received.index(b"\n")].removesuffix(b"\r")
                received = b""
    except ConnectionError:
        pass  # A reset is the end of this client, too.


def send(connection, text):
    try:
        connection.sendall(text)
    except ConnectionError:
        pass


def serve(connection):
    send(connection, b"Hello\n")
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
