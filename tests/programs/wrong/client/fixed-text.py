"""Caught by: client/word
Breaks too: client/server-gone (it sends its text once, and ends before it can notice that the server has gone)
Common: 4 (most first examples of a client send a fixed text)
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
    server.sendall(b"Hello, server!")
except OSError as error:
    sys.exit(f"send: {error}")
