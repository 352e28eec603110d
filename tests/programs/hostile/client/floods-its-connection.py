"""Hazard: it sends gigabytes.
Played with: client/word
Verdict: fail
Message: bytes)"""

import socket

connection = socket.create_connection(("127.0.0.1", 8023))
print("连接服务器成功！", flush=True)
for _ in range(4096):
    connection.sendall(b"x" * (1 << 20))
