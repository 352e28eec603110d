"""A right client in Python with asyncio: stdin is a stream like the connection's. A word ends at white space or at the end of input, not
where a read ends (client/input-split), and drain waits while the server does not read (client/slow-server).
"""
import asyncio
import re
import sys


async def typed():
    stream = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(stream)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    while chunk := await stream.read(4096):
        yield chunk


async def words():
    begun = b""
    async for chunk in typed():
        *whole, begun = re.split(rb"\s", begun + chunk)  # In bytes, \s is just the six white space bytes.
        for word in filter(None, whole):
            yield word
    if begun:
        yield begun


async def main():
    try:
        _, server = await asyncio.open_connection("127.0.0.1", 8023)
    except OSError as error:
        sys.exit(f"connect: {error.strerror}")
    print("连接服务器成功！", flush=True)
    try:
        async for word in words():
            server.write(word)
            await server.drain()
            if word == b"exit":
                break
        server.close()
        await server.wait_closed()
    except OSError as error:
        sys.exit(f"send: {error}")


asyncio.run(main())
