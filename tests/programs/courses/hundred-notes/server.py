"""A right server: a thread for each client, and the text up to the first NUL."""
import socket
import sys
import threading

lock = threading.Lock()


def say(port, text):
    with lock:
        sys.stdout.buffer.write(b"%d%s\n" % (port, text))
        sys.stdout.buffer.flush()


def serve(connection, port):
    say(port, b" has come")
    with connection:
        try:
            while data := connection.recv(100):
                text = data.split(b"\0")[0]
                if text == b"q":
                    break
                say(port, b": " + text)
        except ConnectionResetError:
            pass
    say(port, b" has gone")


try:
    listener = socket.create_server(("127.0.0.1", 4100))
except OSError as error:
    sys.exit(f"bind: {error}")
with listener:
    while True:
        connection, (_, port) = listener.accept()
        threading.Thread(target=serve, args=(connection, port), daemon=True).start()
