"""Wrong: it decodes each recv, although TCP may cut a character in two.
Breaks: server/message-bytes
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
        return connection.recv(80)
    except ConnectionResetError:
        return b""


def shout(connection):
    while message := receive(connection):
        try:
            connection.sendall(message.decode("utf-8", "replace").upper().encode())
        except ConnectionError:
            return


def main():
    with listen_at(12345) as listener:
        say(b"Ready\n")
        for number in range(1, 6):
            connection, _ = listener.accept()
            with connection:
                say(b"Client %d of 5\n" % number)
                shout(connection)


main()
