"""Hazard: it talks to others: its own port, another one, and a socket of the system.
Played with: server/eof
Verdict: pass"""

import socket

listener = socket.create_server(("127.0.0.1", 8023))
for port in (1, 8023 + 1, 53):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1)
    except OSError:
        pass
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
while data := connection.recv(1000):
    print("收到客户端信息：" + data.decode(), flush=True)
