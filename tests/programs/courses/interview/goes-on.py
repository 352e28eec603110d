"""Wrong: the second client gets the last answer again, because the list is not begun anew.
Breaks: server/next-client
"""
import socket
import sys

ANSWERS = iter([b"Hello %s, how old are you?\n", b"Where do you live?\n", b"Thank you\n"] + [b"Thank you\n"] * 1000)


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
            for _, answer in zip(range(3), ANSWERS):
                line = lines.readline()
                if not line.endswith(b"\n"):
                    break
                line = line[:-1].removesuffix(b"\r")
                say(b"Guest: " + line)
                connection.sendall(answer.replace(b"%s", line))
    except ConnectionError:
        pass
    say(b"Next, please")
