"""Caught by: client/prompt
Breaks too: client/word (it sends no word); client/whitespace (it sends no word of a line either); client/word-bytes (nor a
  word with other bytes); client/exit-token (`exit` is not sent); client/exit-exact (nor is `exits`); client/eof (nor is the
  last word); client/slow-server (nor is much input); client/long-word (nor is a long word)
Common: 3 (many servers of examples speak first)
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
    server.recv(1000)
    for line in sys.stdin.buffer:
        for word in line.split():
            server.sendall(word)
            if word == b"exit":
                sys.exit()
except OSError as error:
    sys.exit(f"send: {error}")
