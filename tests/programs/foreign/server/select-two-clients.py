# Truth: the listening socket stays in `inputs`, so the server serves every client that connects, and prints the greeting and the
# messages of a second client too. It ends only when one client sends `exit` or when the last client has gone.
# After the accept, the program must take `server` out of `inputs` (and must not put a second client in).
import select
import socket
import sys

PREFIX = "收到客户端信息：".encode()

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    server.bind(("127.0.0.1", 8023))
except OSError as e:
    sys.exit("bind: " + e.strerror)
server.listen(5)

# Sockets from which we expect to read
inputs = [server]

while inputs:
    readable, _, _ = select.select(inputs, [], [])
    for s in readable:
        if s is server:
            connection, client_address = s.accept()
            inputs.append(connection)
            print("客户端成功连接", flush=True)
            continue
        try:
            data = s.recv(1000)
        except ConnectionResetError:
            data = b""
        if data == b"exit":
            sys.exit(0)
        if data:
            sys.stdout.buffer.write(PREFIX + data + b"\n")
            sys.stdout.flush()
        else:
            # Interpret empty result as closed connection
            inputs.remove(s)
            s.close()
            if inputs == [server]:
                inputs.clear()
