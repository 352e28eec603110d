"""Hazard: it connects to another port.
Played with: client/connect --isolation namespace
Verdict: fail
Message: ConnectionRefusedError"""

import socket

socket.create_connection(("127.0.0.1", 8024))
