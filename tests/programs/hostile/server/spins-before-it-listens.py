"""Hazard: it uses the CPU without end before it listens.
Played with: server/listen --timeout 500ms
Verdict: fail
Message: it does not listen on 127.0.0.1:8023: it is running, after 500ms"""

while True:
    pass
