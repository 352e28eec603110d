"""Caught by: server/one-connection
Common: 3 (every example of select has all sockets in one set)
"""
import select
import socket
import sys

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    listener.bind(("127.0.0.1", 8023))
except OSError as error:
    sys.exit(f"bind: {error}")
listener.listen(20)
out = sys.stdout.buffer
first, _ = listener.accept()
print("客户端成功连接", flush=True)
clients = [first]
while clients:
    ready, _, _ = select.select([listener] + clients, [], [])
    for client in ready:
        if client is listener:
            clients.append(listener.accept()[0])
            print("客户端成功连接", flush=True)
            continue
        try:
            message = client.recv(1000)
        except ConnectionResetError:
            message = b""
        if message == b"exit":
            sys.exit()
        if not message:
            clients.remove(client)
            continue
        out.write("收到客户端信息：".encode() + message + b"\n")
        out.flush()
