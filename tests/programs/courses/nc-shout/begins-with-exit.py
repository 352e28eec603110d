"""Wrong: it ends at every message that begins with "exit".
Breaks: server/exit-exact
"""
import socket
import sys


def say(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def listen_at(port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        sys.exit(f"bind: {error.strerror}")
    listener.listen(20)
    return listener


def receive(connection):
    try:
        return connection.recv(512)
    except ConnectionResetError:
        return b""


def send(connection, reply):
    try:
        connection.sendall(reply)
    except ConnectionError:
        pass  # The client has gone. The next recv tells.


def serve(connection):
    while (message := receive(connection)) and not message.startswith(b"exit"):
        send(connection, message.upper())


def main():
    with listen_at(7070) as listener:
        say(b"waiting\n")
        number = 0
        while True:
            connection, _ = listener.accept()
            number += 1
            with connection:
                say(b"%d. client\n" % number)
                serve(connection)
            say(b"%d. client left\n" % number)


main()
