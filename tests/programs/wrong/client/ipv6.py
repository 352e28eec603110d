"""Caught by: client/connect
Common: 2 (localhost is ::1 first on many systems)
"""
import socket
import sys

server = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
try:
    server.connect(("::1", 8023))
except OSError as error:
    sys.exit(f"connect: {error}")
print("连接服务器成功！", flush=True)
try:
    for line in sys.stdin.buffer:
        for word in line.split():
            server.sendall(word)
            if word == b"exit":
                sys.exit()
except OSError as error:
    sys.exit(f"send: {error}")
