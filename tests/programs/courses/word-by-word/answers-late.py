"""Wrong: it answers a line when the next one comes.
Breaks: server/reply
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
        return connection.recv(1024)
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


def main():
    with listen_at(6060) as listener:
        say(b"ready\n")
        connection, _ = listener.accept()
        with connection:
            say(b"+\n")
            last = b""
            for line in lines(connection):
                say(line + b"\n")
                send(connection, last)
                last = line + b"\n"
                if line.lower() == b"bye":
                    break
        say(b"-\n")


main()
