"""Hazard: it prints something all the time.
Played with: server/listen --timeout 500ms
Verdict: fail
Message: it does not listen on 127.0.0.1:8023"""

import os
import time

# In all, this is less than a flood.
for _ in range(900_000):
    os.write(1, b".")
    time.sleep(0.0001)
