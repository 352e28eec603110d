"""Caught by: server/message
Common: 2 (seen with threads and tasks in every language)
"""
import asyncio
import socket
import sys


async def serve(connection):
    loop = asyncio.get_running_loop()
    # Otherwise it could read one message before it is cancelled, if the message is there by then.
    await asyncio.sleep(0)
    while True:
        try:
            message = await loop.sock_recv(connection, 1000)
        except ConnectionResetError:
            break
        if message in (b"", b"exit"):
            break
        sys.stdout.buffer.write("收到客户端信息：".encode() + message + b"\n")
        sys.stdout.buffer.flush()


async def main():
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", 8023))
    except OSError as error:
        sys.exit(f"bind: {error}")
    listener.listen(20)
    listener.setblocking(False)
    connection, _ = await asyncio.get_running_loop().sock_accept(listener)
    print("客户端成功连接", flush=True)
    asyncio.create_task(serve(connection))


asyncio.run(main())
