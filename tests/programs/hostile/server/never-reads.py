"""Hazard: it accepts its client, and never reads.
Played with: server/message/one-word --timeout 1h
Verdict: fail
Message: it is asleep in pause"""

import signal
import socket

listener = socket.create_server(("127.0.0.1", 8023))
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
signal.pause()
