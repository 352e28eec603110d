"""Wrong: it takes the first seven bytes of a reply for all of it.
Breaks: client/reply
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


def receive(server):
    reply = server.recv(7)
    if not reply:
        sys.exit("recv: the server has closed the connection")
    return reply


def main():
    with connect_to(8888) as server:
        try:
            for typed in sys.stdin.buffer:
                line = typed.removesuffix(b"\n")
                server.sendall(line + b"\n")
                if line.strip() == "再见".encode():
                    break
                say("服务器：".encode() + receive(server) + b"\n")
        except OSError as error:
            sys.exit(f"send: {error.strerror}")


main()
