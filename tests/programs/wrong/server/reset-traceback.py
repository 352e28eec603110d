"""Caught by: server/reset
Common: 4 (Python and Java raise an exception that examples do not catch)
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
out = sys.stdout.buffer
while (message := connection.recv(1000)) not in (b"", b"exit"):
    out.write("收到客户端信息：".encode() + message + b"\n")
    out.flush()
