"""How the fake channel signs its callbacks; both sides use it."""

import hashlib
import hmac

SIGNATURE_HEADER = "x-channel-signature"


def sign(body: bytes, *, secret: str) -> str:
    return "v1=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, *, signature: str, secret: str) -> bool:
    return hmac.compare_digest(sign(body, secret=secret), signature)
