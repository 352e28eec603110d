"""Caught by: client/exit-final
Common: 1 (only in programs that join the words)
"""
import os
import re
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    server.connect(("127.0.0.1", 8023))
except OSError as error:
    sys.exit(f"connect: {error}")
print("连接服务器成功！", flush=True)
rest = b""
try:
    while typed := os.read(0, 65536):
        *words, rest = re.split(rb"[ \t\n\v\f\r]+", rest + typed)
        server.sendall(b"".join(words))
        if b"exit" in words:
            sys.exit()
    server.sendall(rest)
except OSError as error:
    sys.exit(f"send: {error}")
