"""Wrong: it compares bytes with text, and in Python these are never equal.
Breaks: client/exit-token
"""
import socket
import sys


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


def typed_lines(prompt):
    say(prompt)
    for line in sys.stdin.buffer:
        yield line.removesuffix(b"\n")
        say(prompt)


def main():
    with connect_to(9999) as server:
        say(b"Conectado\n")
        try:
            for line in typed_lines(b"> "):
                server.sendall(line)
                if line == "adiós":
                    break
        except OSError as error:
            sys.exit(f"send: {error.strerror}")


main()
