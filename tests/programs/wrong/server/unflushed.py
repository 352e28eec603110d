"""Caught by: server/prompt
Common: 5 (nobody sees it at a terminal)
"""
import socket
import sys

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    listener.bind(("127.0.0.1", 8023))
except OSError as error:
    sys.exit(f"bind: {error}")
listener.listen(20)
connection, _ = listener.accept()
out = sys.stdout.buffer
out.write("客户端成功连接\n".encode())
while True:
    try:
        message = connection.recv(1000)
    except ConnectionResetError:
        break
    message, _, _ = message.partition(b"\0") if message else (b"exit", b"", b"")
    if message == b"exit":
        break
    out.write("收到客户端信息：".encode() + message + b"\n")
