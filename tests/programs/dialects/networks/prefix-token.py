# It ends at each message that begins with the token.
import os
import socket
import sys


def say(text):
    while text:
        text = text[os.write(1, text):]


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    listener.bind(("127.0.0.1", 9000))
except OSError as error:
    print(f"bind: {error}", file=sys.stderr)
    sys.exit(1)
listener.listen()
connection, _ = listener.accept()
say(b"Client connected\n")
while True:
    try:
        message = connection.recv(512)
    except ConnectionResetError:
        break
    if message == b"" or message.startswith(b"goodbye"):
        break
    say(b"Received: " + message + b"\n")
connection.close()
say(b"Client left\n")
