"""Wrong: it sends to all clients itself, one after the other, so one that does not read holds up everybody.
Breaks: server/broadcast
"""
import socket
import sys
import threading

lock = threading.Lock()
connections = {}  # By the number of the client.


def say(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def lines(connection):
    with connection.makefile("rb") as stream:
        try:
            for line in stream:
                yield line.removesuffix(b"\n").removesuffix(b"\r")
        except ConnectionError:
            pass  # A reset is the end of this client, too.


def send(connection, text):
    try:
        connection.sendall(text)
    except OSError:
        pass  # The client has gone, and its thread learns that, too.


def serve(connection, number):
    with connection:
        for line in lines(connection):
            if line == b"/quit":
                break
            with lock:
                text = b"%d: %b\n" % (number, line)
                say(text)
                for other in connections:
                    if other != number:
                        send(connections[other], text)
        with lock:
            del connections[number]
            say(b"Client %d left\n" % number)


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", 7002))
        except OSError as error:
            sys.exit(f"bind: {error.strerror}")
        listener.listen(20)
        number = 0
        while True:
            connection, _ = listener.accept()
            number += 1
            with lock:
                connections[number] = connection
                say(b"Client %d connected\n" % number)
            threading.Thread(target=serve, args=(connection, number), daemon=True).start()


main()
