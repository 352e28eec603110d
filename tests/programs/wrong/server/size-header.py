"""Caught by: server/message
Breaks too: server/prompt (it waits for more bytes instead)
Common: 2 (other protocols have such a header, and readUTF in Java expects one)
"""
import socket
import struct
import sys

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    listener.bind(("127.0.0.1", 8023))
except OSError as error:
    sys.exit(f"bind: {error}")
listener.listen(20)
connection, _ = listener.accept()
print("客户端成功连接", flush=True)


def receive(size):
    data = b""
    while len(data) < size:
        try:
            piece = connection.recv(min(size - len(data), 1000))
        except ConnectionResetError:
            sys.exit()
        if not piece:
            sys.exit()
        data += piece
    return data


while True:
    (size,) = struct.unpack("!I", receive(4))
    message = receive(size)
    if message == b"exit":
        break
    sys.stdout.buffer.write("收到客户端信息：".encode() + message + b"\n")
    sys.stdout.buffer.flush()
