"""Hazard: it becomes a daemon, and serves from there.
Played with: server/listen --timeout 1h
Verdict: fail
Message: left a process behind"""

import os
import socket

lives, parent = os.pipe()
if os.fork():
    os._exit(0)
os.close(parent)
os.setsid()
if os.fork():
    os._exit(0)
# The pipe reaches its end only when the program itself has ended.
os.read(lives, 1)
listener = socket.create_server(("127.0.0.1", 8023))
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
while data := connection.recv(1000):
    print("收到客户端信息：" + data.decode(), flush=True)
