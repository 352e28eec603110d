"""Hazard: it leaves a process behind that holds its stdout.
Played with: server/eof
Verdict: pass"""

import os
import signal
import socket

listener = socket.create_server(("127.0.0.1", 8023))
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
if os.fork() == 0:
    listener.close()
    connection.close()
    signal.pause()
while data := connection.recv(1000):
    print("收到客户端信息：" + data.decode(), flush=True)
