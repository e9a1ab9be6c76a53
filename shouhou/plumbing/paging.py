"""Keyset pages: an opaque cursor says after which row the next page begins."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from types import UnionType
from typing import get_args

from shouhou.foundation.refusals import refusal, refused

PAGE_SIZE = 50
MAX_PAGE_SIZE = 100
MAX_CURSOR = 400
BIGGEST = 2**63 - 1

INVALID_CURSOR = refusal(
    "INVALID_CURSOR", "invalid",
    zh="分页游标无效，请从第一页重新开始。", en="The cursor is not valid. Start again from the first page.",
)  # fmt: skip
INVALID_PAGE_SIZE = refusal(
    "INVALID_PAGE_SIZE", "invalid",
    zh="每页条数应为 1–{most}。", en="The page size must be between 1 and {most}.",
)  # fmt: skip

Key = int | str | datetime | None


def encode_cursor(*keys: Key) -> str:
    """The sort keys of a page's last row as one opaque text."""
    plain = [{"t": key.isoformat()} if isinstance(key, datetime) else key for key in keys]
    return urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type[int] | type[str] | type[datetime] | UnionType) -> tuple[Key, ...]:
    """The keys inside, each of its kind; None only where its kind says so (`datetime | None`). Raises INVALID_CURSOR for anything else."""
    if len(cursor) > MAX_CURSOR or not cursor.isascii():
        raise refused(INVALID_CURSOR)
    try:
        plain = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(plain, list) or len(plain) != len(kinds):
            raise ValueError("not as many keys as asked for")
        return tuple(_key(value, kind) for value, kind in zip(plain, kinds, strict=True))
    except (binascii.Error, ValueError, TypeError, KeyError, RecursionError) as error:
        raise refused(INVALID_CURSOR) from error


def page_size(asked: int | None) -> int:
    """How many rows to show. Raises Refused INVALID_PAGE_SIZE."""
    if asked is None:
        return PAGE_SIZE
    if not 1 <= asked <= MAX_PAGE_SIZE:
        raise refused(INVALID_PAGE_SIZE, most=MAX_PAGE_SIZE)
    return asked


def _key(value: object, kind: type | UnionType) -> Key:
    if isinstance(kind, UnionType):
        return None if value is None else _key(value, get_args(kind)[0])
    if kind is datetime and isinstance(value, dict):
        at = datetime.fromisoformat(value["t"])
        if at.tzinfo is None:
            raise ValueError("an instant needs an offset")
        return at
    if kind is int and type(value) is int and abs(value) <= BIGGEST:
        return value
    if kind is str and isinstance(value, str) and "\0" not in value:
        return value
    raise ValueError("another kind of key")
