"""Hazard: it connects again and again.
Played with: client/connect --timeout 1h
Verdict: fail
Message: times, expected 1"""

import signal
import socket

connections = []
try:
    for _ in range(100_000):
        connections.append(socket.create_connection(("127.0.0.1", 8023)))
except OSError:
    pass
signal.pause()
