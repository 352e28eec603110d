"""Hazard: it moves to another process group.
Played with: server/suspend
Verdict: pass"""

import os
import signal
import socket

child = os.fork()
if child == 0:
    os.setpgid(0, 0)
    signal.pause()
while os.getpgid(child) != child:
    pass
os.setpgid(0, child)
listener = socket.create_server(("127.0.0.1", 8023))
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
while data := connection.recv(1000):
    print("收到客户端信息：" + data.decode(), flush=True)
