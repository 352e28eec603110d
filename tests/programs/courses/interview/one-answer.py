"""Wrong: it sends the same answer each time.
Breaks: server/reply
"""
import socket
import sys

ANSWERS = [b"Hello %s, how old are you?\n", b"Where do you live?\n", b"Thank you\n"]


def say(text):
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.buffer.flush()


try:
    listener = socket.create_server(("127.0.0.1", 3333))
except OSError as error:
    sys.exit(f"bind: {error}")
while True:
    connection, _ = listener.accept()
    say(b"A guest")
    try:
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"What is your name?\n")
            for answer in ANSWERS:
                line = lines.readline()
                if not line.endswith(b"\n"):
                    break
                line = line[:-1].removesuffix(b"\r")
                say(b"Guest: " + line)
                connection.sendall(ANSWERS[0].replace(b"%s", line))
    except ConnectionError:
        pass
    say(b"Next, please")
