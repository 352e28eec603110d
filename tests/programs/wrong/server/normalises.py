"""Caught by: server/message-bytes
Common: 1 (few know of normalisation)
"""
import socket
import sys
import unicodedata

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
        data = connection.recv(1000)
    except ConnectionResetError:
        break
    if not data or data == b"exit":
        break
    text = unicodedata.normalize("NFC", data.decode("utf-8", "surrogateescape"))
    sys.stdout.buffer.write("收到客户端信息：".encode() + text.encode("utf-8", "surrogateescape") + b"\n")
    sys.stdout.flush()
