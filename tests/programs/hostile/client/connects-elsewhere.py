"""Hazard: it connects to another port.
Played with: client/connect --isolation namespace
Verdict: fail
Message: it tried to connect to 127.0.0.1:8024, expected 127.0.0.1:8023"""

import socket

socket.create_connection(("127.0.0.1", 8024))
