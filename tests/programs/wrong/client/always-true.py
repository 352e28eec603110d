"""Caught by: client/exit-exact
Breaks too: client/word (it sends only the first of several words); client/whitespace (the other words of a line are not sent);
  client/word-bytes (several words are typed there); client/exit-token (`exit` behind another word is not sent); client/eof (the
  last word is not sent); client/slow-server (much input is many words); client/long-word (several words are typed there);
  client/server-gone (it ends before it can notice that the server has gone)
Common: 4 (a well-known trap of or, in every beginners' forum)
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
    for line in sys.stdin.buffer:
        for word in line.split():
            server.sendall(word)
            if word == b"exit" or b"quit":
                sys.exit()
except OSError as error:
    sys.exit(f"send: {error}")
