"""Hazard: it prints gigabytes.
Played with: client/greeting
Verdict: fail
Message: too much"""

import socket

connection = socket.create_connection(("127.0.0.1", 8023))
print("连接服务器成功！", flush=True)
for _ in range(4096):
    print("x" * (1 << 20))
