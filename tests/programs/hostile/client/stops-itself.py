"""Hazard: it stops itself.
Played with: client/word --timeout 1h
Verdict: fail
Message: it is stopped by a signal"""

import os
import signal
import socket

connection = socket.create_connection(("127.0.0.1", 8023))
print("连接服务器成功！", flush=True)
os.kill(os.getpid(), signal.SIGSTOP)
