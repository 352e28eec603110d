"""Wrong: it shows what the others say without a newline, so all messages stand in one line.
Breaks: client/reply
"""
import socket
import sys
import threading


def say(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def show(server):
    with server.makefile("rb") as stream:
        try:
            for line in stream:
                say(line.removesuffix(b"\n").removesuffix(b"\r"))
        except ConnectionError:
            pass  # The next send tells.


def talk(server):
    for line in sys.stdin.buffer:
        typed = line.removesuffix(b"\n")
        server.sendall(typed + b"\n")
        if typed == b"/quit":
            return


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        try:
            server.connect(("127.0.0.1", 7002))
        except OSError as error:
            sys.exit(f"connect: {error.strerror}")
        say(b"Connected\n")
        reader = threading.Thread(target=show, args=(server,), daemon=True)
        reader.start()
        try:
            talk(server)
        except OSError as error:
            sys.exit(f"send: {error.strerror}")
        try:
            server.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # The server has gone before.
        reader.join()


main()
