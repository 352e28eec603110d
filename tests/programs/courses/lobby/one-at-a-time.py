"""Wrong: it serves each client where it accepts, and not in a thread.
Breaks: server/many-clients
"""
import socket
import sys
import threading

PRINTING = threading.Lock()


def say(text):
    with PRINTING:
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()


def listen_at(port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        sys.exit(f"bind: {error.strerror}")
    listener.listen(100)
    return listener


def receive(connection):
    try:
        return connection.recv(2000)
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


def serve(connection, ip, port):
    with connection:
        say(b"%s:%d joined\n" % (ip.encode(), port))
        send(connection, b"Welcome to the lobby\n")
        for line in lines(connection):
            if line.strip() == b"/quit":
                break
            say(b"%d: %s\n" % (port, line))
            send(connection, b"ok\n")
        say(b"%d left\n" % port)


def main():
    with listen_at(6666) as listener:
        say(b"Lobby is open\n")
        while True:
            connection, (ip, port) = listener.accept()
            serve(connection, ip, port)


main()
