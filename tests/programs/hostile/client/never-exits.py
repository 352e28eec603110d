"""Hazard: it goes on for ever after the end of its input.
Played with: client/eof --timeout 1h
Verdict: fail
Message: it did not end; it still runs: it is asleep in pause"""

import signal
import socket
import sys

connection = socket.create_connection(("127.0.0.1", 8023))
print("连接服务器成功！", flush=True)
for line in sys.stdin:
    for word in line.split():
        connection.sendall(word.encode())
signal.pause()
