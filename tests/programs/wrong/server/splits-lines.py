"""Caught by: server/message-coalesced
Breaks too: server/message-bytes (a newline in a message begins another); server/message-split (so it does in lines that are cut in
  their middle); server/exit-exact (`exit` and a newline is two messages); server/exit-coalesced (`exit` among other lines is a
  message of its own)
Common: 3 (a line is taken for a message)
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
    for line in message.split(b"\n"):
        sys.stdout.buffer.write("收到客户端信息：".encode() + line + b"\n")
    sys.stdout.buffer.flush()
