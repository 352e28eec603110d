"""Wrong: it takes what one recv returns for the whole echo.
Breaks: client/reply
"""
import select
import socket
import sys


def exchange(server, line):
    rest, missing = memoryview(line), len(line)
    while rest or missing > 0:
        readable, writable, _ = select.select([server] if missing > 0 else [], [server] if rest else [], [])
        if writable:
            rest = rest[server.send(rest, socket.MSG_DONTWAIT):]
        if readable:
            echo = server.recv(1024)
            if not echo:
                sys.exit("recv: the server has closed the connection")
            sys.stdout.buffer.write(echo)
            sys.stdout.buffer.flush()
            missing = 0


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        try:
            server.connect(("127.0.0.1", 7000))
        except OSError as error:
            sys.exit(f"connect: {error.strerror}")
        try:
            for line in sys.stdin.buffer:
                exchange(server, line.removesuffix(b"\n") + b"\n")
        except OSError as error:
            sys.exit(f"send: {error.strerror}")


main()
