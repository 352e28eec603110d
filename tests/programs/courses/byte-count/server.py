"""A right server: it says what recv returned, and sends it back."""
import socket
import sys


def say(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


try:
    listener = socket.create_server(("127.0.0.1", 5150))
except OSError as error:
    sys.exit(f"bind: {error}")
say(b"Server ready\n")
while True:
    connection, (ip, _) = listener.accept()
    say(f"Client from {ip}\n".encode())
    with connection:
        try:
            while (data := connection.recv(200)) and data != b"quit":
                say(b"Received %d bytes: %s\n" % (len(data), data))
                connection.sendall(data)
        except ConnectionError:
            pass
    say(b"Client gone\n")
