"""Caught by: client/slow-server
Common: 2 (asyncio's examples leave out wait_closed)"""
import asyncio
import sys


async def main():
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", 8023)
    except OSError as error:
        print("connect:", error.strerror, file=sys.stderr)
        return 1
    print("连接服务器成功！", flush=True)
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        for word in line.split():
            if writer.is_closing() or reader.at_eof():
                print("send: the server has gone", file=sys.stderr)
                return 1
            writer.write(word)
            await asyncio.sleep(0)
            if word == b"exit":
                writer.close()
                return 0
    writer.close()
    return 0


sys.exit(asyncio.run(main()))
