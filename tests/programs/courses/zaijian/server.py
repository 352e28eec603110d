"""A right server in Python: strip() for the comparison only. The message keeps its white space."""
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


def serve(connection):
    while message := receive(connection):
        if message.strip() == "再见".encode():
            return
        say("客户端：".encode() + message + b"\n")
        send(connection, "收到了".encode())


def main():
    with listen_at(8888) as listener:
        say("服务器已启动\n".encode())
        while True:
            connection, _ = listener.accept()
            with connection:
                say("客户端已连接\n".encode())
                serve(connection)
            say("客户端已离开\n".encode())


main()
