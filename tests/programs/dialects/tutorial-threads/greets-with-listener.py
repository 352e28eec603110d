"""Wrong: it greets with the descriptor of the listener, and not with that of the client.
Breaks: server/message
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


def serve(connection):
    with connection:
        number = connection.fileno()
        while (message := receive(connection)) not in (b"", b"exit"):
            say(f"收到客户端{number}信息：", message, b"\n")
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
            say(f"客户端{listener.fileno()}成功连接\n")
            threading.Thread(target=serve, args=(connection,), daemon=True).start()


main()
