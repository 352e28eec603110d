"""Hazard: it sleeps, again and again, and never listens.
Played with: server/listen --timeout 500ms
Verdict: fail
Message: it does not listen on 127.0.0.1:8023: it is asleep in sleep, after 500ms"""

import time

for _ in range(600):
    time.sleep(0.1)
