"""Hazard: it leaves a process behind that holds its connection.
Played with: server/hang-up --timeout 1h
Verdict: fail
Message: it has left a process behind, which is asleep in pause and holds the connection"""

import os
import signal
import socket

listener = socket.create_server(("127.0.0.1", 8023))
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
if os.fork() == 0:
    signal.pause()
while data := connection.recv(1000):
    if data == b"exit":
        break
    print("收到客户端信息：" + data.decode(), flush=True)
