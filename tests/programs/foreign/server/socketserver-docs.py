# Truth: three mistakes, two of them copied from the example in Python's documentation. `strip()` cuts white space off each message,
# so `exit\n` also ends the connection, and so does a message of white space only. `sendall` sends each message back in upper case.
# `serve_forever` never returns, so the process does not end at `exit` or at the end of the stream: it waits for the next client.
# The lines must be `data = self.request.recv(1000)`, no `sendall`, and `server.handle_request()`.
import socketserver
import sys

HOST, PORT = "127.0.0.1", 8023


def show(data):
    sys.stdout.buffer.write(data + b"\n")
    sys.stdout.flush()


class MyTCPHandler(socketserver.BaseRequestHandler):
    """
    The request handler class for our server.
    """

    def handle(self):
        # self.request is the TCP socket connected to the client
        show("客户端成功连接".encode())
        while True:
            try:
                data = self.request.recv(1000).strip()
                if not data or data == b"exit":
                    break
                show("收到客户端信息：".encode() + data)
                # just send back the same data, but upper-cased
                self.request.sendall(data.upper())
            except ConnectionError:
                break


if __name__ == "__main__":
    socketserver.TCPServer.allow_reuse_address = True
    try:
        server = socketserver.TCPServer((HOST, PORT), MyTCPHandler)
    except OSError as e:
        print("bind:", e.strerror, file=sys.stderr)
        sys.exit(1)
    server.serve_forever()
