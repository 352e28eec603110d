"""Caught by: client/eof
Common: 5 (input() and Scanner do this in nearly every first program)
"""
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    server.connect(("127.0.0.1", 8023))
except OSError as error:
    sys.exit(f"connect: {error}")
print("连接服务器成功！", flush=True)
sys.stdin.reconfigure(encoding="latin-1", newline="\n")
while True:
    for word in input().encode("latin-1").split():
        try:
            server.sendall(word)
        except OSError as error:
            sys.exit(f"send: {error}")
        if word == b"exit":
            sys.exit()
