"""Caught by: server/message
Breaks too: server/exit-coalesced (escapes stand for bytes); server/exit-exact (escapes stand for bytes); server/message-bytes
  (escapes stand for bytes); server/message-coalesced (escapes stand for bytes); server/message-split (escapes stand for bytes)
Common: 4 (print shows bytes in this way)
"""
import socket
import sys

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    listener.bind(("127.0.0.1", 8023))
except OSError as error:
    sys.exit(f"bind: {error}")
listener.listen(20)
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
while True:
    try:
        message = connection.recv(1000)
    except ConnectionResetError:
        break
    if not message or message == b"exit":
        break
    print(f"收到客户端信息：{message}", flush=True)
