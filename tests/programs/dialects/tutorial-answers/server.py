"""A right server in Python: it answers each message but the token. When an answer cannot be sent, the client has gone; messages that came
before are printed all the same, and then recv tells.
"""
import socket
import sys

GREETING = "客户端成功连接\n".encode()
PREFIX = "收到客户端信息：".encode()
ANSWER = "收到".encode()


def say(line):
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def receive(connection):
    try:
        return connection.recv(1000)
    except ConnectionResetError:
        return b""


def answer(connection):
    try:
        connection.sendall(ANSWER)
    except ConnectionError:
        pass


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", 8023))
        except OSError as error:
            sys.exit(f"bind: {error.strerror}")
        listener.listen(20)
        connection, _ = listener.accept()
        with connection:
            say(GREETING)
            while (message := receive(connection)) not in (b"", b"exit"):
                say(PREFIX + message + b"\n")
                answer(connection)


main()
