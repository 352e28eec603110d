"""Hazard: it listens on many addresses.
Played with: server/listen
Verdict: pass"""

import socket

others = [socket.create_server(("127.0.0.1", port)) for port in range(18030, 18130)]
listener = socket.create_server(("127.0.0.1", 8023))
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
while data := connection.recv(1000):
    print("收到客户端信息：" + data.decode(), flush=True)
