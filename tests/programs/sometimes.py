"""Mistake: every second run of it prints nothing of its messages. (It counts its runs in a file in the working folder.)
Caught by: fuzzing, which says that it does not always go wrong."""
import socket
import sys

with open("runs", "a+") as runs:
    runs.write("x")
    runs.flush()
    runs.seek(0)
    is_wrong = len(runs.read()) % 2 == 1
listener = socket.create_server(("127.0.0.1", 8023))
connection, _ = listener.accept()
print("客户端成功连接", flush=True)
while (message := connection.recv(1000)) not in (b"", b"exit"):
    if not is_wrong:
        sys.stdout.buffer.write("收到客户端信息：".encode() + message + b"\n")
        sys.stdout.flush()
