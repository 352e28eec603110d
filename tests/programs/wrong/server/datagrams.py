"""Caught by: server/listen
Common: 1 (the next tutorial is about UDP)
"""
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    server.bind(("127.0.0.1", 8023))
except OSError as error:
    sys.exit(f"bind: {error}")
out = sys.stdout.buffer
greeted = False
while True:
    message, client = server.recvfrom(1000)
    if not greeted:
        print("客户端成功连接", flush=True)
        greeted = True
    if message == b"exit":
        break
    out.write("收到客户端信息：".encode() + message + b"\n")
    out.flush()
