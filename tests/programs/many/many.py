# A server for many clients, in one of several ways: `many.py MODE PORT`. It does what many.c does.

import os
import selectors
import signal
import socket
import sys
import threading

mode, port = sys.argv[1], int(sys.argv[2])
listener = socket.create_server(("127.0.0.1", port), backlog=128)


def say(line):
    os.write(1, line)


def serve_message(number, connection):
    try:
        message = connection.recv(1000)
    except ConnectionResetError:
        message = b""
    if message:
        line = b"%d: %s\n" % (number, message)
        say(line)
        connection.sendall(b"x" * (8 << 20) if message == b"big" else line)
        if message != b"bye":
            return True
    connection.close()
    say(b"%d has gone\n" % number)
    return False


def serve(number, connection):
    while serve_message(number, connection):
        pass


def select_all():
    number = 0
    all = selectors.DefaultSelector()
    all.register(listener, selectors.EVENT_READ)
    while True:
        # A timeout, as many such servers have: the harness cannot know that nothing comes of it.
        for key, _ in all.select(timeout=0.5):
            if key.fileobj is listener:
                number += 1
                all.register(listener.accept()[0], selectors.EVENT_READ, number)
                continue
            connection = key.fileobj
            all.unregister(connection)
            if serve_message(key.data, connection):
                all.register(connection, selectors.EVENT_READ, key.data)


if mode == "selects":
    select_all()
if mode == "forks":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
number = 0
while True:
    connection, _ = listener.accept()
    number += 1
    if mode == "threads":
        threading.Thread(target=serve, args=(number, connection), daemon=True).start()
    elif mode == "next":
        serve(number, connection)
    elif os.fork() == 0:
        listener.close()
        serve(number, connection)
        os._exit(0)
    else:
        connection.close()
