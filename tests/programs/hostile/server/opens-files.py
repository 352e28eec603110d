"""Hazard: it opens all descriptors that it gets, and goes on.
Played with: server/listen --timeout 1h
Verdict: fail
Message: it had 1024 descriptors open, the limit (--limit open-files=2048 allows more)"""

import os
import signal

try:
    for _ in range(100_000):
        os.open("/dev/null", os.O_RDONLY)
except OSError:
    signal.pause()
