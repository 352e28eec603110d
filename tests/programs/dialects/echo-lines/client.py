"""A right client in Python: makefile gives an answer line by line, wherever TCP cuts the stream. The prompt has no newline, so it is
flushed. The first line that comes is the welcome, before anything is typed.
"""
import socket
import sys


def say(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def typed_lines():
    say(b"> ")
    for line in sys.stdin.buffer:
        yield line.removesuffix(b"\n")
        say(b"> ")


def show_answer(answers):
    line = answers.readline()
    if not line:
        sys.exit("recv: the server has closed the connection")
    say(b"Server: " + line.removesuffix(b"\n").removesuffix(b"\r") + b"\n")


def talk(server):
    with server.makefile("rb") as answers:
        show_answer(answers)
        for line in typed_lines():
            server.sendall(line + b"\n")
            if line == b"quit":
                return
            show_answer(answers)


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        try:
            server.connect(("127.0.0.1", 7001))
        except OSError as error:
            sys.exit(f"connect: {error.strerror}")
        say(b"Connected\n")
        try:
            talk(server)
        except OSError as error:
            sys.exit(f"send: {error.strerror}")


main()
