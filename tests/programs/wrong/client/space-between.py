"""Caught by: client/word
Breaks too: client/whitespace (it sends white space); client/word-bytes (the space is no byte of a word); client/prompt (the
  space comes only with the next word); client/exit-exact (there is a space before each word there, too); client/slow-server
  (much input gets many spaces); client/long-word (there is a space before a long word, too)
Common: 2 (done so that the words do not run together)
"""
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    server.connect(("127.0.0.1", 8023))
except OSError as error:
    sys.exit(f"connect: {error}")
print("连接服务器成功！", flush=True)
try:
    space = b""
    for line in sys.stdin.buffer:
        for word in line.split():
            server.sendall(space + word)
            if word == b"exit":
                sys.exit()
            space = b" "
except OSError as error:
    sys.exit(f"send: {error}")
