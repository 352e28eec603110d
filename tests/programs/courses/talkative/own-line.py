"""Wrong: it announces a message, and prints the message in a line of its own.
Breaks: server/message
"""
import socket
import sys


def say(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


say(b"creating the socket ...\n")
try:
    listener = socket.create_server(("127.0.0.1", 7300))
except OSError as error:
    sys.exit(f"bind: {error}")
say(b"Server started\n")
while True:
    say(b"waiting for a client ...\n")
    connection, (ip, _) = listener.accept()
    say(f"Connected by {ip}\n".encode())
    with connection:
        try:
            while (data := connection.recv(300)) and data != b"bye":
                say(b"%d bytes have come\nA message:\n%s\n" % (len(data), data))
                connection.sendall(data.upper())
                say(b"answered\n\n")
        except ConnectionError:
            pass
    say(b"closing\nDisconnected\n")
