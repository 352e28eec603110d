"""A server whose output tries to break the reports: markup, workflow commands, control sequences, invalid UTF-8, long lines."""

import socket
import sys

EVIL = (
    b"<script>alert(1)</script> ]]> --> &amp; | `code` ``` </details>\x1b[2J\x1b]0;title\x07\xff\xfe\r\n"
    b"::error::pwned\n##[error]pwned\n::stop-commands::x\n1..0 # SKIP\n  ...\nnot ok 1 # TODO\nBail out!\n"
    b"\xef\xbf\xbe\xe2\x80\xa8\xe2\x80\xae\xc2\x85" + b'"<&\\' * 5000 + b"\n"
)

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", 8023))
listener.listen(1)
connection, _ = listener.accept()
sys.stderr.buffer.write(EVIL)
sys.stderr.flush()
sys.stdout.buffer.write(EVIL)
sys.stdout.flush()
while True:
    data = connection.recv(1000)
    if not data or data == b"exit":
        break
    sys.stdout.buffer.write(EVIL.replace(b"pwned", data))
    sys.stdout.flush()
