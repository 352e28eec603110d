"""Hazard: it connects, and never reads what is typed.
Played with: client/word --timeout 1h
Verdict: fail
Message: it has not read"""

import signal
import socket

connection = socket.create_connection(("127.0.0.1", 8023))
print("连接服务器成功！", flush=True)
signal.pause()
