"""Caught by: client/connect
Common: 3 (8080 is in many examples)
"""
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    server.connect(("127.0.0.1", 8080))
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
