"""Hazard: it uses the CPU without end when a client has come, and never reads.
Played with: server/message/one-byte --timeout 1s
Verdict: fail
Message: it spins, and does not read"""

import socket

listener = socket.create_server(("127.0.0.1", 8023))
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
while True:
    pass
