"""Wrong: it prints the NULs behind the message.
Breaks: server/message
"""
import socket
import sys


def receive(connection):
    try:
        return connection.recv(80)
    except ConnectionResetError:
        return b""


try:
    listener = socket.create_server(("", 8085))
except OSError as error:
    sys.exit(f"bind: {error}")
with listener:
    print("listening", flush=True)
    connection, _ = listener.accept()
    print("accepted", flush=True)
    with connection:
        while data := receive(connection):
            sys.stdout.buffer.write(b"From client: " + data)
            sys.stdout.buffer.flush()
            line = sys.stdin.buffer.readline()
            if not line:
                break
            connection.sendall(line.ljust(80, b"\0"))
            if line.startswith(b"exit"):
                break
    print("server exit", flush=True)
