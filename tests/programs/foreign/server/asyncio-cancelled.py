# Truth: two mistakes. When the handler calls `server.close()`, asyncio cancels `serve_forever`, and nobody catches the CancelledError:
# all output for the first client is right, but at `exit` and at the end of the stream the program ends with a traceback and status 1.
# The line `await server.serve_forever()` needs `try: … except asyncio.CancelledError: pass` around it.
# Also, asyncio starts `handle` for each client that connects, so a second client is greeted and served too: `handle` must close
# every connection but the first.
import asyncio
import sys

server = None


async def handle(reader, writer):
    print("客户端成功连接", flush=True)
    while True:
        try:
            data = await reader.read(1000)
        except ConnectionResetError:
            break
        if not data or data == b"exit":
            break
        sys.stdout.buffer.write("收到客户端信息：".encode() + data + b"\n")
        sys.stdout.buffer.flush()
    writer.close()
    server.close()      # 停止服务器


async def main():
    global server
    try:
        server = await asyncio.start_server(handle, "127.0.0.1", 8023)
    except OSError as e:
        print(f"bind: {e}", file=sys.stderr)
        sys.exit(1)
    async with server:
        await server.serve_forever()


asyncio.run(main())
