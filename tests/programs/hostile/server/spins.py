"""Hazard: it uses the CPU without end.
Played with: server/eof/after-a-message --timeout 600ms
Verdict: fail
Message: it spins"""

import socket

listener = socket.create_server(("127.0.0.1", 8023))
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
while True:
    pass
