"""Caught by: client/word
Breaks too: client/whitespace (the white space inside a line is sent); client/exit-final (so is what stands behind `exit`)
Common: 5 (lines are what most languages read)
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
        server.sendall(line)
        if line.strip() == b"exit":
            break
except OSError as error:
    sys.exit(f"send: {error}")
