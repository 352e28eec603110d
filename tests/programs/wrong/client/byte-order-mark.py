"""Caught by: client/word-bytes
Common: 1 (needs an encoding that few know)
"""
import re
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    server.connect(("127.0.0.1", 8023))
except OSError as error:
    sys.exit(f"connect: {error}")
print("连接服务器成功！", flush=True)
sys.stdin.reconfigure(encoding="utf-8-sig", errors="surrogateescape", newline="\n")
for line in sys.stdin:
    for word in re.findall(r"[^ \t\n\v\f\r]+", line):
        server.sendall(word.encode("utf-8", "surrogateescape"))
        if word == "exit":
            sys.exit()
