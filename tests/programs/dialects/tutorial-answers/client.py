"""A right client in Python: after each word but the token, one recv is the answer. An empty answer is the end of the stream: the server has
gone, and with it the conversation.
"""
import socket
import sys


def say(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def words(lines):
    for line in lines:
        yield from line.split()


def talk(server):
    for word in words(sys.stdin.buffer):
        server.sendall(word)
        if word == b"exit":
            return
        answer = server.recv(1000)
        if not answer:
            sys.exit("recv: the server has closed the connection")
        say("服务端：".encode() + answer + b"\n")


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        try:
            server.connect(("127.0.0.1", 8023))
        except OSError as error:
            sys.exit(f"connect: {error.strerror}")
        say("连接服务器成功！\n".encode())
        try:
            talk(server)
        except OSError as error:
            sys.exit(f"send: {error.strerror}")


main()
