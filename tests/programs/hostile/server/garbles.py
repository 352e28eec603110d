"""Hazard: it prints what would garble a terminal or a report.
Played with: server/message/one-word
Verdict: fail
Message: was expected"""

import socket
import sys

listener = socket.create_server(("127.0.0.1", 8023))
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
evil = b"\x1b[2J\x1b]0;title\x07\x9b31m\xff]]><script>alert(1)</script>&amp;\r\n::error::pwned\n"
while connection.recv(1000):
    for stream in (sys.stdout.buffer, sys.stderr.buffer):
        stream.write(evil)
        stream.flush()
