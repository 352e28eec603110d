"""A right client: each word in a hundred bytes."""
import socket
import sys

try:
    connection = socket.create_connection(("127.0.0.1", 4100))
except OSError as error:
    sys.exit(f"connect: {error}")
with connection:
    print("Ready", flush=True)
    for line in sys.stdin.buffer:
        for word in line.split():
            connection.sendall(word.ljust(100, b"\0"))
            if word == b"q":
                sys.exit()
