"""A right server: what it prints goes through the module logging."""
import logging
import socket
import sys
import threading

logging.basicConfig(stream=sys.stdout, format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")


def serve(connection, address):
    ip, port = address
    logging.info("%s:%d connected", ip, port)
    with connection:
        try:
            while (data := connection.recv(1000)) and data != b"bye":
                logging.info("%d says: %s", port, data.decode(errors="surrogateescape"))
                connection.sendall(b"noted: " + data)
        except ConnectionError:
            pass
    logging.info("%d left", port)


try:
    listener = socket.create_server(("127.0.0.1", 8500), backlog=200)
except OSError as error:
    sys.exit(f"bind: {error}")
logging.info("listening on 8500")
while True:
    threading.Thread(target=serve, args=listener.accept(), daemon=True).start()
