"""Caught by: client/whitespace
Common: 3 (a loop until the line is empty)
"""
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    server.connect(("127.0.0.1", 8023))
except OSError as error:
    sys.exit(f"connect: {error}")
print("连接服务器成功！", flush=True)
try:
    while line := sys.stdin.buffer.readline().strip():
        for word in line.split():
            server.sendall(word)
            if word == b"exit":
                sys.exit()
except OSError as error:
    sys.exit(f"send: {error}")
