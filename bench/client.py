"""A lean HTTP client: keep-alive sockets and little else, so that what is measured is the server."""

import socket
import threading
import time
from collections.abc import Callable

Request = Callable[[int, int], bytes]


def request(method: str, path: str, token: str, body: bytes = b"", extra: str = "") -> bytes:
    """One HTTP/1.1 request as bytes."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nAccept-Language: en\r\n{extra}"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def load(port: int, make: Request, *, seconds: float, clients: int, expect: bytes) -> float:
    """Requests a second over `clients` connections; raises when an answer is not of the expected status."""
    counts, wrong, until = [0] * clients, [b""] * clients, time.monotonic() + seconds

    def run(client: int) -> None:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        count = 0
        while time.monotonic() < until:
            connection.sendall(make(client, count))
            answer = _read(connection)
            if not answer.startswith(b"HTTP/1.1 " + expect):
                wrong[client] = answer[:600]
                break
            count += 1
        counts[client] = count
        connection.close()

    started = time.monotonic()
    threads = [threading.Thread(target=run, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if any(wrong):
        raise RuntimeError(next(each for each in wrong if each).decode(errors="replace"))
    return sum(counts) / (time.monotonic() - started)


def _read(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, rest = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(rest) < length:
        rest += connection.recv(262144)
    return data
