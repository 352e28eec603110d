"""Hazard: it stops itself.
Played with: server/message/one-word --timeout 1h
Verdict: fail
Message: it is stopped by a signal"""

import os
import signal
import socket

listener = socket.create_server(("127.0.0.1", 8023))
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
os.kill(os.getpid(), signal.SIGSTOP)
while data := connection.recv(1000):
    print("收到客户端信息：" + data.decode(), flush=True)
