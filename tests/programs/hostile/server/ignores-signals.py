"""Hazard: it ignores every signal that can be ignored, and never ends.
Played with: server/eof/after-a-message --timeout 1h
Verdict: fail
Message: it did not end; it still runs: it is asleep in pause"""

import signal
import socket

for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
listener = socket.create_server(("127.0.0.1", 8023))
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
while data := connection.recv(1000):
    print("收到客户端信息：" + data.decode(), flush=True)
signal.pause()
