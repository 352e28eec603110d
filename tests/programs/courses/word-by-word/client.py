"""A right client in Python: a thread shows the replies, and os._exit ends all when the reply "bye" comes, whatever the other thread
reads. At the end of its input, the client waits until each line has its reply.
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


def show(server, shown):
    with server.makefile("rb") as replies:
        for line in replies:
            reply = line.removesuffix(b"\n").removesuffix(b"\r")
            say(b"= " + reply + b"\n")
            if reply.lower() == b"bye":
                server.close()
                os._exit(0)
            shown.release()
    sys.stderr.write("recv: the server has closed the connection\n")
    os._exit(1)


def main():
    with connect_to(6060) as server:
        say(b"+\n")
        shown, sent = threading.Semaphore(0), 0
        threading.Thread(target=show, args=(server, shown), daemon=True).start()
        try:
            for line in sys.stdin.buffer:
                server.sendall(line.removesuffix(b"\n") + b"\n")
                sent += 1
        except OSError as error:
            sys.exit(f"send: {error.strerror}")
        for _ in range(sent):
            shown.acquire()


main()
