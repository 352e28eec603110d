"""Hazard: it answers a long stream with gigabytes that nothing can make shorter.
Played with: server/stream/2-mib
Verdict: fail
Message: correct bytes of output"""

import os
import random
import socket

listener = socket.create_server(("127.0.0.1", 8023))
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
block = random.Random(1).randbytes(1 << 20)
connection.recv(1000)
for _ in range(4096):
    os.write(1, block)
