"""A lean HTTP client: keep-alive sockets on one selector and little else, so that what is measured is the server."""

import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

Request = Callable[[int, int], bytes]


def request(method: str, path: str, token: str, body: bytes = b"", extra: str = "") -> bytes:
    """One HTTP/1.1 request as bytes."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nAccept-Language: en\r\n{extra}"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


@dataclass(slots=True)
class Line:
    """One connection: what has come of the answer, and how long it will be."""

    number: int
    socket: socket.socket
    count: int = 0
    data: bytes = b""
    whole: int = 0


def load(port: int, make: Request, *, seconds: float, clients: int, expect: bytes) -> float:
    """Requests a second over `clients` connections; raises when an answer is not of the expected status."""
    selector, lines = selectors.DefaultSelector(), []
    for number in range(clients):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = Line(number, connection)
        selector.register(connection, selectors.EVENT_READ, line)
        lines.append(line)
    started = time.monotonic()
    until = started + seconds
    for line in lines:
        line.socket.sendall(make(line.number, 0))
    open_lines = clients
    while open_lines:
        for key, _ in selector.select(timeout=10):
            line = key.data
            if not _whole(line):
                continue
            if not line.data.startswith(b"HTTP/1.1 " + expect):
                raise RuntimeError(line.data[:600].decode(errors="replace"))
            line.count, line.data, line.whole = line.count + 1, b"", 0
            if time.monotonic() < until:
                line.socket.sendall(make(line.number, line.count))
            else:
                selector.unregister(line.socket)
                line.socket.close()
                open_lines -= 1
    return sum(line.count for line in lines) / (time.monotonic() - started)


def _whole(line: Line) -> bool:
    """Take what has come; True when the answer is complete."""
    got = line.socket.recv(262144)
    if not got:
        raise RuntimeError("the server closed the connection")
    line.data += got
    if not line.whole:
        head, found, _ = line.data.partition(b"\r\n\r\n")
        if not found:
            return False
        length = 0
        for field in head.split(b"\r\n"):
            if field.lower().startswith(b"content-length:"):
                length = int(field.split(b":")[1])
        line.whole = len(head) + 4 + length
    return len(line.data) >= line.whole
