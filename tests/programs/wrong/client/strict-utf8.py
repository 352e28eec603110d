"""Caught by: client/word-bytes
Common: 4 (Python decodes what it reads as text)
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
    for line in sys.stdin.buffer:
        for word in line.split():
            text = word.decode()
            server.sendall(text.encode())
            if text == "exit":
                sys.exit()
except OSError as error:
    sys.exit(f"send: {error}")
