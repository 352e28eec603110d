"""Hazard: it listens on many addresses, and not on the one.
Played with: server/listen --timeout 1h --isolation namespace
Verdict: fail
Message: and 96 more, expected 127.0.0.1:8023"""

import socket

others = [socket.create_server(("127.0.0.1", port)) for port in range(18030, 18130)]
others[0].accept()
