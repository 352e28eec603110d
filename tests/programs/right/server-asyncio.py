"""A right server in Python with asyncio: the event loop's own socket calls, of which each waits without a thread. sock_accept is awaited
once (asyncio.start_server would serve every client: server/one-connection), and what one sock_recv returns is one message (a StreamReader
joins what came in the meantime: server/message-split).
"""
import asyncio
import socket
import sys


def say(line):
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


async def serve(listener):
    loop = asyncio.get_running_loop()
    connection, _ = await loop.sock_accept(listener)
    with connection:
        say("客户端成功连接\n".encode())
        try:
            while message := await loop.sock_recv(connection, 1000):
                if message == b"exit":
                    break
                say("收到客户端信息：".encode() + message + b"\n")
        except ConnectionResetError:
            pass  # The client has gone. This is the end, like an empty message.


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setblocking(False)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", 8023))
        except OSError as error:
            sys.exit(f"bind: {error.strerror}")
        listener.listen(20)
        asyncio.run(serve(listener))


main()
