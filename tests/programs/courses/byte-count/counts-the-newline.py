"""Wrong: it counts the newline, which it does not send.
Breaks: client/reply
"""
import socket
import sys


def say(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


try:
    connection = socket.create_connection(("127.0.0.1", 5150))
except OSError as error:
    sys.exit(f"connect: {error}")
with connection:
    say(b"Connected\n")
    while True:
        say(b"Say: ")
        line = sys.stdin.buffer.readline()
        text = line.rstrip(b"\n")
        if not line:
            break
        if not text:
            continue
        connection.sendall(text)
        if text == b"quit":
            break
        reply = connection.recv(4096)
        if not reply:
            sys.exit("the server has gone")
        say(b"Got %d bytes: %s\n" % (len(line), reply))
