# Truth: the word is of type bytes, and str(word) gives its Python notation, so each word is sent as b'word' with the letter b and
# the quotes (and bytes above 0x7f as \x…). The words themselves are compared correctly.
# The line to change is the sendall: s.sendall(word).
import socket
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    s.connect(('127.0.0.1', 8023))
except socket.error as err:
    sys.stderr.write('connect: %s\n' % err)
    sys.exit(1)
print('连接服务器成功！')
sys.stdout.flush()

running = True
while running:
    data = sys.stdin.buffer.readline()
    if not data:
        break
    for word in data.split():
        # sendall 需要bytes，不encode会报错 TypeError: a bytes-like object is required, not 'str'
        try:
            s.sendall(str(word).encode('utf-8'))
        except socket.error as err:
            sys.stderr.write('send: %s\n' % err)
            sys.exit(1)
        if word == b'exit':
            running = False
            break

s.close()
