"""Signed callbacks of services: HMAC-SHA256 over id and body, compared in constant time."""

import hashlib
import hmac
from collections.abc import Mapping

ID_HEADER = "x-callback-id"
SIGNATURE_HEADER = "x-callback-signature"


def signature(secret: str, callback_id: str, body: bytes) -> str:
    """Hex digest. The id is signed too, so that an old callback cannot come back under a new id."""
    return hmac.new(secret.encode(), callback_id.encode() + b"." + body, hashlib.sha256).hexdigest()


def signed(secret: str, headers: Mapping[str, str], body: bytes) -> str | None:
    """The callback's id when its signature is right, else None. A replay is harmless: every id is taken once."""
    lower = {name.lower(): value for name, value in headers.items()}
    callback_id, given = lower.get(ID_HEADER, ""), lower.get(SIGNATURE_HEADER, "")
    right = signature(secret, callback_id, body)
    return callback_id if callback_id and hmac.compare_digest(right.encode(), given.encode()) else None
