"""Caught by: server/silent
Common: 3 (servers of other tutorials greet the client)
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
print("客户端成功连接", flush=True)
connection.sendall("欢迎！\n".encode())
out = sys.stdout.buffer
while True:
    try:
        message = connection.recv(1000)
    except ConnectionResetError:
        break
    if message in (b"", b"exit"):
        break
    out.write("收到客户端信息：".encode() + message + b"\n")
    out.flush()
