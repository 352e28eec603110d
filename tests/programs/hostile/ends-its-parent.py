"""A server that sends its parent the signal that it is given, and then serves, with a child in a session of its own beside it."""

import os
import signal
import socket
import sys

if os.fork() == 0:
    os.setsid()
    signal.pause()
os.kill(os.getppid(), int(sys.argv[2]))
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
while connection.recv(1000):
    pass
