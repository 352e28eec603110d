"""Caught by: client/word-bytes
Breaks too: client/input-split (a character that is typed in two parts is not ASCII)
Common: 2 (Chinese Windows and its consoles use GBK)
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
            server.sendall(word.decode(errors="replace").encode("gbk", "replace"))
            if word == b"exit":
                sys.exit()
except OSError as error:
    sys.exit(f"send: {error}")
