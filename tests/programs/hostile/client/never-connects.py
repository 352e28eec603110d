"""Hazard: it never connects.
Played with: client/connect --timeout 1h
Verdict: fail
Message: it has not connected to 127.0.0.1:8023: it is asleep in pause"""

import signal

signal.pause()
