"""A right client in Python: bytes in, bytes out."""
import os
import socket
import sys

SPACE = b" \t\n\v\f\r"


def main():
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        server.connect(("127.0.0.1", 8023))
    except OSError as error:
        sys.exit(f"connect: {error}")
    print("连接服务器成功！", flush=True)
    word = b""
    while typed := os.read(0, 4096):
        # A word is sent when the white space behind it has come.
        for byte in typed:
            if byte not in SPACE:
                word += bytes([byte])
            elif send(server, word):
                return
            else:
                word = b""
    send(server, word)


def send(server, word):
    word = word.split(b"\0")[0]
    try:
        server.sendall(word)
    except OSError as error:
        sys.exit(f"send: {error}")
    return word == b"exit"


main()
