"""A right client in Python: bytes in, bytes out. sys.stdin.buffer gives each line when it has been typed (read() would wait for the end:
client/prompt), and the split of bytes, unlike that of text, knows just the six white space bytes (client/word-bytes).
"""
import socket
import sys


def words(lines):
    for line in lines:
        yield from line.split()


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        try:
            server.connect(("127.0.0.1", 8023))
        except OSError as error:
            sys.exit(f"connect: {error.strerror}")
        print("连接服务器成功！", flush=True)
        try:
            for word in words(sys.stdin.buffer):
                server.sendall(word)
                if word == b"exit":
                    break
        except OSError as error:
            sys.exit(f"send: {error.strerror}")


main()
