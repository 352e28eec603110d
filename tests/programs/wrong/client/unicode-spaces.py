"""Caught by: client/word-bytes
Common: 3 (split() of a text, and Scanner in Java)
"""
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    server.connect(("127.0.0.1", 8023))
except OSError as error:
    sys.exit(f"connect: {error}")
print("连接服务器成功！", flush=True)
sys.stdin.reconfigure(errors="surrogateescape", newline="\n")
try:
    for line in sys.stdin:
        for word in line.split():
            server.sendall(word.encode(errors="surrogateescape"))
            if word == "exit":
                sys.exit()
except OSError as error:
    sys.exit(f"send: {error}")
