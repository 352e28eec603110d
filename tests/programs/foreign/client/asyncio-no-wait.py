# Truth: StreamWriter.write only puts the bytes into a buffer when the kernel takes no more, and nobody waits for that buffer:
# neither `await writer.drain()` nor, after close, `await writer.wait_closed()`. When the server reads slowly, asyncio.run ends
# with words still in the buffer, and they are lost. The line to change is writer.close(): await writer.wait_closed() must follow.
import asyncio
import sys


async def main():
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", 8023)
    except OSError as e:
        print("connect:", e.strerror, file=sys.stderr)
        return 1
    print("连接服务器成功！", flush=True)

    loop = asyncio.get_running_loop()
    done = False
    while not done:
        # readline blocks, so use a thread
        line = await loop.run_in_executor(None, sys.stdin.buffer.readline)
        if line == b"":
            break
        for word in line.split():
            if writer.is_closing() or reader.at_eof():
                print("server closed", file=sys.stderr)
                return 1
            writer.write(word)
            if word == b"exit":
                done = True
                break
    writer.close()
    return 0


sys.exit(asyncio.run(main()))
