"""Wrong: it prints the port of the server, and not that of the client.
Breaks: server/greeting
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
        return connection.recv(100)
    except ConnectionResetError:
        return b""


def send(connection, reply):
    try:
        connection.sendall(reply)
    except ConnectionError:
        pass  # The client has gone. The next recv tells.


def main():
    with listen_at(9090) as listener:
        for number in (1, 2, 3):
            connection, (ip, port) = listener.accept()
            with connection:
                say(b"#%d %s %d\n" % (number, ip.encode(), 9090))
                send(connection, b"who are you?")
                while message := receive(connection):
                    say(b"#%d %s\n" % (number, message))
            say(b"#%d bye\n" % number)


main()
