# Truth: `("exit")` without a comma is a string and no tuple, so `in` looks for a part of `exit`. The server ends at `e`, `x`, `it`,
# `exi` and so on, and not only at `exit`.
# The line `if data in (b"exit"):` must be `if data in (b"exit",):` or `if data == b"exit":`.
import os
import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    sock.bind(("127.0.0.1", 8023))
except OSError as e:
    os.write(2, f"bind: {e.strerror}\n".encode())
    sys.exit(1)
sock.listen(1)

client, address = sock.accept()
os.write(1, "客户端成功连接\n".encode())

try:
    while data := client.recv(1000):
        if data in (b"exit"):       # 以后可以再加 quit, bye
            break
        os.write(1, "收到客户端信息：".encode() + data + b"\n")
except ConnectionResetError:
    pass    # client crashed

client.close()
sock.close()
