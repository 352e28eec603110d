"""Hazard: it has a socket of the wrong kind, and waits for datagrams.
Played with: server/listen --isolation namespace
Verdict: fail
Message: it has a UDP socket on port 8023, expected a TCP socket that listens: it is asleep in recv"""

import socket

receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 8023))
receiver.recv(1000)
