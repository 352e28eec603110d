"""Hazard: it waits for a signal that never comes.
Played with: server/listen --timeout 1h
Verdict: fail
Message: it does not listen on 127.0.0.1:8023: it is asleep in pause"""

import signal

signal.pause()
