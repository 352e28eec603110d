"""Wrong: it shows the reply "bye", and goes on reading.
Breaks: client/reply-token
"""
import os
import socket
import sys
import threading


def say(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def connect_to(port):
    server = socket.socket()
    try:
        server.connect(("127.0.0.1", port))
    except OSError as error:
        sys.exit(f"connect: {error.strerror}")
    return server


def show(server, is_typed):
    with server.makefile("rb") as replies:
        for line in replies:
            reply = line.removesuffix(b"\n").removesuffix(b"\r")
            say(b"= " + reply + b"\n")
    if not is_typed.is_set():
        sys.stderr.write("recv: the server has closed the connection\n")
        os._exit(1)


def main():
    with connect_to(6060) as server:
        say(b"+\n")
        is_typed = threading.Event()
        threading.Thread(target=show, args=(server, is_typed), daemon=True).start()
        try:
            for line in sys.stdin.buffer:
                server.sendall(line.removesuffix(b"\n") + b"\n")
        except OSError as error:
            sys.exit(f"send: {error.strerror}")
        is_typed.set()


main()
