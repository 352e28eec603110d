"""Caught by: server/message
Breaks too: server/prompt (it does not read the second message); server/reset (its error ends it before it sees the reset)
Common: 3 (examples of a chat do it)
"""
import socket
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
while True:
    try:
        message = connection.recv(1000)
    except ConnectionResetError:
        break
    if message in (b"", b"exit"):
        break
    sys.stdout.buffer.write("收到客户端信息：".encode() + message + b"\n")
    sys.stdout.buffer.flush()
    connection.sendall(input().encode())
