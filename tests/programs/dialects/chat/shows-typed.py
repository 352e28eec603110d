"""Wrong: it prints what is typed, which stands on the screen already.
Breaks: server/message
"""
import socket
import sys


def say(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def receive(connection):
    try:
        return connection.recv(1024)
    except ConnectionResetError:
        return b""


def send(connection, text):
    try:
        connection.sendall(text)
    except ConnectionError:
        pass  # The client has gone. The next recv tells.


def talk(connection):
    while message := receive(connection):
        say(b"Client: " + message + b"\n")
        if message == b"bye":
            return
        line = sys.stdin.buffer.readline()
        if not line:
            return
        typed = line.removesuffix(b"\n")
        say(b"Server: " + typed + b"\n")
        send(connection, typed)
        if typed == b"bye":
            return


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", 8080))
        except OSError as error:
            sys.exit(f"bind: {error.strerror}")
        listener.listen(20)
        say(b"Waiting for a client\n")
        connection, _ = listener.accept()
        with connection:
            say(b"Client connected\n")
            talk(connection)


main()
