"""Hazard: it listens only after a second.
Played with: server/listen
Verdict: pass"""

import socket
import time

time.sleep(1)
listener = socket.create_server(("127.0.0.1", 8023))
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
while data := connection.recv(1000):
    print("收到客户端信息：" + data.decode(), flush=True)
