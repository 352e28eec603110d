"""Wrong: it takes a fourth line.
Breaks: server/message
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
        return connection.recv(256)
    except ConnectionResetError:
        return b""


def send(connection, reply):
    try:
        connection.sendall(reply)
    except ConnectionError:
        pass  # The client has gone. The next recv tells.


def lines(connection):
    rest = b""
    while received := receive(connection):
        *complete, rest = (rest + received).split(b"\n")
        yield from (line.removesuffix(b"\r") for line in complete)


def serve(connection):
    count = 0
    for line in lines(connection):
        count += 1
        say(b"%d: %s\n" % (connection.fileno(), line))
        send(connection, b"thanks\n")
        if count > 3:
            return


def main():
    with listen_at(5555) as listener:
        say(b"up\n")
        while True:
            connection, _ = listener.accept()
            with connection:
                say(b"%d in\n" % connection.fileno())
                serve(connection)
                say(b"%d out\n" % connection.fileno())


main()
