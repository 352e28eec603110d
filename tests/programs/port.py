"""A right server that gets its port from its argument or from PORT."""
import os
import socket
import sys

port = int(sys.argv[1] if len(sys.argv) > 1 else os.environ["PORT"])
assert os.environ["PORT"] == str(port) and os.environ["HOST"] == "127.0.0.1"
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    listener.bind(("127.0.0.1", port))
except OSError as error:
    sys.exit(f"bind: {error}")
listener.listen(20)
connection, _ = listener.accept()
out = sys.stdout.buffer
out.write("客户端成功连接\n".encode())
out.flush()
while True:
    try:
        message = connection.recv(1000)
    except ConnectionResetError:
        break
    if not message or (text := message.split(b"\0")[0]) == b"exit":
        break
    out.write("收到客户端信息：".encode() + text + b"\n")
    out.flush()
