"""Caught by: server/address-in-use
Common: 1 (only development servers do so)
"""
import socket
import sys

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
port = 8023
while True:
    try:
        listener.bind(("127.0.0.1", port))
        break
    except OSError as error:
        print(f"bind: {error}", file=sys.stderr)
        port += 1
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
