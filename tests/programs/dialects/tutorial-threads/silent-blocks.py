"""Wrong: it receives the first message before it starts the thread, so a client that says nothing holds up all others.
Breaks: server/many-clients
"""
import socket
import sys
import threading

stdout_lock = threading.Lock()


def say(text, *rest):
    with stdout_lock:
        sys.stdout.buffer.write(b"".join([text.encode(), *rest]))
        sys.stdout.buffer.flush()


def receive(connection):
    try:
        return connection.recv(1000)
    except ConnectionResetError:
        return b""


def serve(connection, message):
    with connection:
        number = connection.fileno()
        while message not in (b"", b"exit"):
            say(f"收到客户端{number}信息：", message, b"\n")
            message = receive(connection)
        say(f"客户端{number}已断开\n")


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", 8023))
        except OSError as error:
            sys.exit(f"bind: {error.strerror}")
        listener.listen(20)
        while True:
            connection, _ = listener.accept()
            say(f"客户端{connection.fileno()}成功连接\n")
            message = receive(connection)
            threading.Thread(target=serve, args=(connection, message), daemon=True).start()


main()
