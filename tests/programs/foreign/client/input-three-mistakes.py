# Truth: three mistakes. input() shows its prompt on stdout, which must have the greeting only. The line is sent as a whole, so spaces
# and tabs go to the server too, and `one exit` does not end the program (line: the send; split msg into words). At the end of the
# input, input() raises EOFError, which nobody catches: a traceback, and status 1 (lines: the input() and the loop around it).
import socket

HOST, PORT = '127.0.0.1', 8023

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    client.connect((HOST, PORT))
except Exception as e:
    import sys
    print('connect:', e, file=sys.stderr)
    sys.exit(1)
print('连接服务器成功！')

while True:
    msg = input('请输入要发送的内容：')
    if not msg:
        continue
    client.send(msg.encode('utf-8', 'surrogateescape'))
    if msg == 'exit':
        break

client.close()
