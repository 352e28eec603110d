"""Caught by: server/greeting
Breaks too: server/message (the prefix is in GBK, too)
Common: 3 (the default of editors on a Chinese Windows)
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
out.write("客户端成功连接\n".encode("gbk"))
out.flush()
while True:
    try:
        message = connection.recv(1000)
    except ConnectionResetError:
        break
    if message in (b"", b"exit"):
        break
    out.write("收到客户端信息：".encode("gbk") + message + b"\n")
    out.flush()
