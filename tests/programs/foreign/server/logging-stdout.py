# Truth: the logging module puts `INFO:root:` in front of each line, because basicConfig is called without `format`. So the greeting
# and every message begin with `INFO:root:`.
# The line with `basicConfig` needs `format="%(message)s"`.
import logging
import socket
import sys

sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
logging.basicConfig(level=logging.INFO, stream=sys.stdout)
log = logging.getLogger()


class Server:
    def __init__(self, host, port):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind((host, port))
        self.sock.listen()

    def run(self):
        conn, _ = self.sock.accept()
        log.info("客户端成功连接")
        with conn:
            while True:
                try:
                    data = conn.recv(1000)
                except ConnectionResetError:
                    return
                if not data or data == b"exit":
                    return
                log.info("收到客户端信息：%s", data.decode("utf-8", "surrogateescape"))


if __name__ == "__main__":
    try:
        server = Server("127.0.0.1", 8023)
    except OSError as e:
        print("bind:", e, file=sys.stderr)
        sys.exit(1)
    server.run()
