"""A right server in Python: bytes all the way. It prints the token, and ends."""
import socket
import sys


def say(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def listen_at(port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        sys.exit(f"bind: {error.strerror}")
    listener.listen(20)
    return listener


def receive(connection):
    try:
        return connection.recv(1024)
    except ConnectionResetError:
        return b""


def main():
    with listen_at(9999) as listener:
        say(b"Servidor en espera\n")
        connection, (ip, port) = listener.accept()
        with connection:
            say(f"Cliente {ip}, puerto {port}\n".encode())
            while message := receive(connection):
                say(b"Cliente: " + message + b"\n")
                if message == "adiós".encode():
                    break
        say("Fin de la conexión\n".encode())


main()
