"""Caught by: server/message-bytes
Common: 3 (errors="replace" is the usual answer to a UnicodeDecodeError)
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
    message = message.decode(errors="replace").split("\0")[0] if message else "exit"
    if message == "exit":
        break
    print("收到客户端信息：" + message, flush=True)
