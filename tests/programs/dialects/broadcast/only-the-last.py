"""Wrong: it remembers one other client only, the last that has connected, so all others hear nothing.
Breaks: server/broadcast
"""
import queue
import socket
import sys
import threading

lock = threading.Lock()
queues = {}  # What waits for each client, by its number.


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


def send_waiting(connection, waiting):
    try:
        while (text := waiting.get()) is not None:
            connection.sendall(text)
    except OSError:
        pass  # The client has gone, and its other thread learns that, too.


def serve(connection, number, waiting):
    sender = threading.Thread(target=send_waiting, args=(connection, waiting), daemon=True)
    sender.start()
    with connection:
        for line in lines(connection):
            if line == b"/quit":
                break
            with lock:
                text = b"%d: %b\n" % (number, line)
                say(text)
                others = [other for other in queues if other != number]
                for other in others[-1:]:
                    queues[other].put(text)
        with lock:
            del queues[number]
            say(b"Client %d left\n" % number)
        waiting.put(None)
        try:
            connection.shutdown(socket.SHUT_RDWR)  # It wakes the sender, even from a send that waits.
        except OSError:
            pass
        sender.join()


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
                waiting = queues[number] = queue.SimpleQueue()
                say(b"Client %d connected\n" % number)
            threading.Thread(target=serve, args=(connection, number, waiting), daemon=True).start()


main()
