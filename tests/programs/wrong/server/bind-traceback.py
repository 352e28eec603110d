"""Caught by: server/address-in-use
Common: 4 (Python examples catch no exception of bind)
"""
import socket
import sys

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", 8023))
listener.listen(20)
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
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
