"""Hazard: it closes its input unread, and stays.
Played with: client/word/one
Verdict: fail
Message: "hello" was not sent; it still runs: it is asleep in"""

import os
import signal
import socket

connection = socket.create_connection(("127.0.0.1", 8023))
print("连接服务器成功！", flush=True)
os.close(0)
signal.pause()
