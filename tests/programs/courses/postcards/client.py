"""A right client: Python adds the NUL and takes it away."""
import socket
import sys

try:
    connection = socket.create_connection(("127.0.0.1", 2600))
except OSError as error:
    sys.exit(f"connect: {error}")
with connection:

    def shows():
        text = connection.recv(400)
        if not text:
            sys.exit("the server has gone")
        sys.stdout.buffer.write(b"> " + text.split(b"\0")[0] + b"\n")
        sys.stdout.buffer.flush()

    shows()
    for line in sys.stdin.buffer:
        for word in line.split():
            connection.sendall(word + b"\0")
            if word == b"bye":
                sys.exit()
            shows()
