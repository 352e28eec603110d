"""Caught by: client/prompt
Breaks too: client/exit-token (it goes on reading behind `exit`)
Common: 3 (read().split() is short)
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
    for word in sys.stdin.buffer.read().split():
        server.sendall(word)
        if word == b"exit":
            sys.exit()
except OSError as error:
    sys.exit(f"send: {error}")
