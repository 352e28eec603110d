"""Caught by: server/greeting
Breaks too: server/message (each message is in UTF-16, too); server/prompt (a message is never shown as it was sent)
Common: 1 (a choice of the wrong encoding)
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
sys.stdout.reconfigure(encoding="utf-16")
print("客户端成功连接", flush=True)
while True:
    try:
        message = connection.recv(1000)
    except ConnectionResetError:
        break
    if message in (b"", b"exit"):
        break
    print("收到客户端信息：" + message.decode(errors="replace"), flush=True)
