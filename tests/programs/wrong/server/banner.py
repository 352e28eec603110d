"""Caught by: server/greeting
Common: 5 (most tutorials print such a line)
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
print("等待客户端连接...", flush=True)
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
while True:
    try:
        message = connection.recv(1000)
    except ConnectionResetError:
        break
    if not message or message == b"exit":
        break
    sys.stdout.buffer.write("收到客户端信息：".encode() + message + b"\n")
    sys.stdout.buffer.flush()
