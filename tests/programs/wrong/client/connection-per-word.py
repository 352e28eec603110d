"""Caught by: client/connect
Common: 3 (connect and send in one function)
"""
import socket
import sys


def connect():
    try:
        return socket.create_connection(("127.0.0.1", 8023))
    except OSError as error:
        sys.exit(f"connect: {error}")


server = connect()
print("连接服务器成功！", flush=True)
try:
    for line in sys.stdin.buffer:
        for word in line.split():
            server.sendall(word)
            server.close()
            if word == b"exit":
                sys.exit()
            server = connect()
except OSError as error:
    sys.exit(f"send: {error}")
