"""Numbers that can be said on the phone: `SO-7K3Q-9XMT-4`, random, no I L O U, with a check character."""

import secrets
from typing import Literal

Prefix = Literal["SO", "RF", "PK", "WO", "TK", "CL", "IM", "UP", "CH", "FS"]
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_HEARD = str.maketrans({"I": "1", "L": "1", "O": "0"})
LENGTH = 8


def new_number(prefix: Prefix) -> str:
    """A fresh number with 40 random bits; the caller's unique constraint is the judge."""
    bits = secrets.randbits(5 * LENGTH)
    body = "".join(ALPHABET[bits >> 5 * i & 31] for i in range(LENGTH))
    return f"{prefix}-{body[:4]}-{body[4:]}-{_check(body)}"


def parse_number(text: str) -> str | None:
    """The canonical form of a number as somebody typed it (spaces, lower case, I for 1), or None if it is none."""
    letters = "".join(ch for ch in text.upper() if ch.isascii() and ch.isalnum())
    prefix, rest = letters[:2], letters[2:].translate(_HEARD)
    if len(rest) != LENGTH + 1 or not prefix.isalpha() or any(letter not in _VALUE for letter in rest):
        return None
    body, check = rest[:-1], rest[-1]
    if check != _check(body):
        return None
    return f"{prefix}-{body[:4]}-{body[4:]}-{check}"


def _check(body: str) -> str:
    """A weighted sum modulo a prime: one wrong letter and two swapped neighbours are heard."""
    return ALPHABET[sum((place + 1) * _VALUE[letter] for place, letter in enumerate(body)) % 31]
