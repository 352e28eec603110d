"""Wrong: it waits for a newline before it echoes.
Breaks: server/prompt
"""
import socket
import sys


def echo(connection):
    with connection.makefile("rb") as stream:
        for line in stream:
            connection.sendall(line)


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", 7000))
        except OSError as error:
            sys.exit(f"bind: {error.strerror}")
        listener.listen(20)
        while True:
            connection, _ = listener.accept()
            with connection:
                try:
                    echo(connection)
                except ConnectionError:
                    pass  # This client has gone.


main()
