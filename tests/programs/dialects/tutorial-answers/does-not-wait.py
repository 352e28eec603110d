"""Wrong: it leaves the answers to a thread, so it sends the next word before the answer to the last one has come.
Breaks: client/turns
"""
import socket
import sys
import threading


def say(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def words(lines):
    for line in lines:
        yield from line.split()


def show_answers(server):
    try:
        while answer := server.recv(1000):
            say("服务端：".encode() + answer + b"\n")
    except ConnectionError:
        pass  # The next send tells.


def talk(server):
    threading.Thread(target=show_answers, args=(server,), daemon=True).start()
    for word in words(sys.stdin.buffer):
        server.sendall(word)
        if word == b"exit":
            return


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        try:
            server.connect(("127.0.0.1", 8023))
        except OSError as error:
            sys.exit(f"connect: {error.strerror}")
        say("连接服务器成功！\n".encode())
        try:
            talk(server)
        except OSError as error:
            sys.exit(f"send: {error.strerror}")


main()
