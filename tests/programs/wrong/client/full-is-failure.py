"""Caught by: client/slow-server
Common: 2 (only in programs with a non-blocking socket)
"""
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    server.connect(("127.0.0.1", 8023))
except OSError as error:
    sys.exit(f"connect: {error}")
server.setblocking(False)
print("连接服务器成功！", flush=True)
try:
    for line in sys.stdin.buffer:
        for word in line.split():
            server.sendall(word)
            if word == b"exit":
                sys.exit()
except OSError as error:
    sys.exit(f"send: {error}")
