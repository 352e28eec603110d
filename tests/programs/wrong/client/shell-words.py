"""Caught by: client/word-bytes
Common: 1 (few know shlex)
"""
import shlex
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    server.connect(("127.0.0.1", 8023))
except OSError as error:
    sys.exit(f"connect: {error}")
print("连接服务器成功！", flush=True)


def words(line):
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t\n\v\f\r", True, ""
    return lexer


def send_all():
    for line in sys.stdin.buffer:
        for word in words(line.decode("latin-1")):
            server.sendall(word.encode("latin-1"))
            if word == "exit":
                return


try:
    send_all()
except OSError as error:
    sys.exit(f"send: {error}")
