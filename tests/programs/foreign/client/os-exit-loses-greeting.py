# Truth: the program ends with os._exit, which does not flush stdout. The greeting is printed without a flush, and stdout is a pipe,
# so the greeting stays in the buffer and is lost: nothing is printed. On a terminal one does not see this.
# The line to change is the print (flush=True), or os._exit must become sys.exit with a daemon thread.
import os
import socket
import sys
import threading


def watch(sock):
    """Ends the program when the server goes away."""
    while True:
        try:
            data = sock.recv(1024)
        except OSError:
            data = b''
        if not data:
            sys.stderr.write('服务器关闭了连接\n')
            sys.stderr.flush()
            os._exit(3)


sock = socket.socket()
try:
    sock.connect(('127.0.0.1', 8023))
except ConnectionRefusedError as e:
    sys.stderr.write('connect: %s\n' % e)
    sys.exit(1)
print('连接服务器成功！')

threading.Thread(target=watch, args=(sock,)).start()

for line in iter(sys.stdin.buffer.readline, b''):
    words = line.split()
    for w in words:
        sock.sendall(w)
        if w == b'exit':
            os._exit(0)     # sys.exit() hangs because of the thread
os._exit(0)
