"""Wrong: it shows what was typed in the place of the answer.
Breaks: client/reply
"""
import socket
import sys


def say(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


say(b"connecting to the server ...\n")
try:
    connection = socket.create_connection(("127.0.0.1", 7300))
except OSError as error:
    sys.exit(f"connect: {error}")
with connection:
    say(b"Connected\n")
    while True:
        say(b"You: ")
        line = sys.stdin.buffer.readline()
        text = line.rstrip(b"\n")
        if not line:
            break
        if not text:
            continue
        say(b"sending %d bytes\n" % len(text))
        connection.sendall(text)
        if text == b"bye":
            break
        say(b"waiting for the answer\n")
        reply = connection.recv(4096)
        if not reply:
            sys.exit("the server has gone")
        say(b"Server says: %s\n" % text)
say(b"closed\n")
