"""Caught by: client/connect-refused
Common: 2 (an extra that seems kind)
"""
import socket
import sys
import time

while True:
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        server.connect(("127.0.0.1", 8023))
        break
    except OSError as error:
        print(f"connect: {error}", file=sys.stderr)
        time.sleep(1)
print("连接服务器成功！", flush=True)
try:
    for line in sys.stdin.buffer:
        for word in line.split():
            server.sendall(word)
            if word == b"exit":
                sys.exit()
except OSError as error:
    sys.exit(f"send: {error}")
