"""Hazard: it closes its stdout, and works on without.
Played with: server/greeting/once
Verdict: fail
Message: it has closed its stdout"""

import os
import socket

os.close(1)
listener = socket.create_server(("127.0.0.1", 8023))
connection, _ = listener.accept()
while connection.recv(1000):
    pass
