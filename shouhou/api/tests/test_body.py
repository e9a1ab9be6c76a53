"""Bodies as web servers really give them: in blocks, in chunks without a length, without an end."""

from io import BytesIO
from typing import Any

import orjson
import pytest
from django.core.handlers.wsgi import WSGIRequest

from shouhou.api.tests.conftest import Api, order_body
from shouhou.api.v1.body import BULK_LIMIT_BYTES, JSON_LIMIT_BYTES, LINE_LIMIT_BYTES, check_size, ndjson_lines
from shouhou.foundation.refusals import Refused
from shouhou.wsgi import application


class OnlyRead:
    """A stream as the server has it: `read` works, `readline` does not."""

    def __init__(self, data: bytes) -> None:
        self._data = BytesIO(data)

    def read(self, size: int = -1) -> bytes:
        return self._data.read(size)

    def readline(self, size: int = -1) -> bytes:
        raise AssertionError("readline of the server is not to be trusted")


def request(data: bytes, *, path: str = "/api/v1/orders/bulk", chunked: bool = False, kind: str = "application/x-ndjson") -> WSGIRequest:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST", "PATH_INFO": path, "wsgi.input": OnlyRead(data), "CONTENT_TYPE": kind,
        "SERVER_NAME": "t", "SERVER_PORT": "80",
    }  # fmt: skip
    environ |= {"HTTP_TRANSFER_ENCODING": "chunked"} if chunked else {"CONTENT_LENGTH": str(len(data))}
    found = WSGIRequest(environ)
    check_size(found)
    return found


@pytest.mark.parametrize("chunked", [False, True])
def test_every_line_is_read_whatever_blocks_it_comes_in(chunked: bool) -> None:
    lines = [str(place).encode() * (place % 700) for place in range(5000)]
    assert list(ndjson_lines(request(b"\n".join(lines), chunked=chunked))) == lines
    assert list(ndjson_lines(request(b"a\nb\n", chunked=chunked))) == [b"a", b"b"]
    assert list(ndjson_lines(request(b"", chunked=chunked))) == []


def test_a_line_too_long_is_given_cut_and_the_next_one_whole() -> None:
    first, second = ndjson_lines(request(b"x" * (3 * LINE_LIMIT_BYTES) + b"\nnext"))
    assert len(first) > LINE_LIMIT_BYTES
    assert second == b"next"


def test_a_body_in_chunks_is_read_to_its_end_and_no_further_than_the_limit() -> None:
    whole = request(b'{"a":1}', path="/api/v1/cases", chunked=True, kind="application/json")
    assert whole.body == b'{"a":1}'
    endless = request(b"x" * (JSON_LIMIT_BYTES + 1), path="/api/v1/cases", chunked=True, kind="application/json")
    with pytest.raises(Refused, match="BODY_TOO_LARGE"):
        _ = endless.body
    with pytest.raises(Refused, match="BODY_TOO_LARGE"):
        list(ndjson_lines(request(b"x\n" * (BULK_LIMIT_BYTES // 2 + 1), chunked=True)))


def test_an_upload_in_chunks_is_refused() -> None:
    with pytest.raises(Refused, match="LENGTH_REQUIRED"):
        request(b"--x", path="/api/v1/uploads", chunked=True, kind="multipart/form-data")


def test_a_chunked_order_goes_through_the_whole_application(live_api: Api) -> None:
    environ = {
        "REQUEST_METHOD": "PUT", "PATH_INFO": "/api/v1/orders/CH1", "wsgi.input": OnlyRead(orjson.dumps(order_body())),
        "CONTENT_TYPE": "application/json", "HTTP_TRANSFER_ENCODING": "chunked", "SERVER_NAME": "t", "SERVER_PORT": "80",
        "HTTP_AUTHORIZATION": f"Bearer {live_api.keys['shop']}",
    }  # fmt: skip
    told: list[str] = []
    answer = b"".join(application(environ, lambda status, headers: told.append(status)))
    assert (told, orjson.loads(answer)["result"]) == (["201 Created"], "created")
