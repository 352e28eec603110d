"""Hazard: it kills whoever has started it, and all others that it may.
Played with: server/eof --isolation namespace
Verdict: pass"""

import os
import signal
import socket

# Only in a private namespace.
assert os.getppid() == 1 and b"__stage" in open("/proc/1/cmdline", "rb").read()
os.kill(1, signal.SIGKILL)
try:
    os.kill(-1, signal.SIGKILL)
except ProcessLookupError:
    pass
listener = socket.create_server(("127.0.0.1", 8023))
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
while data := connection.recv(1000):
    print("收到客户端信息：" + data.decode(), flush=True)
