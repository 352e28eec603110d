# Truth: this program is right. It is only unusual: one buffer for the whole life, filled with recv_into, and output that
# goes straight to the descriptor of stdout, without a buffer. No line must change.
import socket
import sys

stdout = open(1, "wb", buffering=0, closefd=False)


def all_of(*parts):
    rest = memoryview(b"".join(parts))
    while rest:
        rest = rest[stdout.write(rest):]


def main():
    try:
        listener = socket.create_server(("127.0.0.1", 8023), backlog=1)
    except OSError as problem:
        print(f"bind: {problem.strerror}", file=sys.stderr)
        return 1
    with listener:
        peer, _ = listener.accept()
    all_of("客户端成功连接\n".encode())
    room = bytearray(1000)
    view = memoryview(room)
    with peer:
        while True:
            try:
                size = peer.recv_into(room)
            except ConnectionResetError:
                return 0
            if size == 0 or view[:size] == b"exit":
                return 0
            all_of("收到客户端信息：".encode(), view[:size], b"\n")


sys.exit(main())
