"""Caught by: client/connect-refused
Common: 4 (most beginners do not catch exceptions)
"""
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.connect(("127.0.0.1", 8023))
print("连接服务器成功！", flush=True)
for line in sys.stdin.buffer:
    for word in line.split():
        server.sendall(word)
        if word == b"exit":
            sys.exit()
