# Truth: `f.read(1000)` of a buffered file waits until it has 1000 bytes or the stream ends. So a message is not printed when it
# arrives: all messages are printed joined, in pieces of 1000 bytes, and `exit` is only recognised if it is the whole stream or
# exactly the last piece of it.
# The line `data = f.read(1000)` must be `data = conn.recv(1000)` (or `f.read1(1000)`).
import socket
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    s.bind(('127.0.0.1', 8023))
except OSError as err:
    print('bind: %s' % err, file=sys.stderr)
    sys.exit(1)
s.listen(20)

conn, addr = s.accept()
print('客户端成功连接', flush=True)

# 当作文件来读
f = conn.makefile('rb')
out = sys.stdout.buffer
while True:
    try:
        data = f.read(1000)
    except ConnectionResetError:
        break
    if data == b'' or data == b'exit':
        break
    out.write('收到客户端信息：'.encode('utf-8') + data + b'\n')
    out.flush()

f.close()
conn.close()
s.close()
