# Truth: the program opens a new connection for each word and closes it again, as one does with HTTP. The server serves one client,
# so it gets the first word and then the end of the stream, and never sees the later words. The lines to change are send_word and its
# call: use the connection that main opens before the loop for all words, and close it after the loop.
import socket
import sys

ADDR = ("127.0.0.1", 8023)


def send_word(word):
    with socket.create_connection(ADDR) as s:
        s.sendall(word)


def main():
    # test if the server is there, and greet
    try:
        conn = socket.create_connection(ADDR)
    except OSError as e:
        print("connect:", e, file=sys.stderr)
        sys.exit(1)
    print("连接服务器成功！", flush=True)

    first = True
    for line in sys.stdin.buffer:
        for word in line.split():
            try:
                if first:
                    conn.sendall(word)
                    conn.close()
                    first = False
                else:
                    send_word(word)
            except OSError as e:
                print("send:", e, file=sys.stderr)
                sys.exit(1)
            if word == b"exit":
                return


main()
