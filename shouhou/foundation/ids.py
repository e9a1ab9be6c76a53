"""Numbers that can be said on the phone: `R-7K3Q-9XMT-4`, random, no I L O U, with a check character."""

import secrets
from typing import Literal, get_args

# A case: what is sent in carries a return, exchange or repair number of its own (APP-10…12), a complaint C, every other service SO.
CasePrefix = Literal["SO", "R", "E", "M", "C"]
Prefix = CasePrefix | Literal["RF", "PK", "WO", "TK", "CL", "IM", "UP", "CH", "FS", "IV", "RB", "RC", "ST", "DP", "PP", "BR", "SP"]
CASES: frozenset[str] = frozenset(get_args(CasePrefix))
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
    prefix, rest = letters[: -LENGTH - 1], letters[-LENGTH - 1 :].translate(_HEARD)
    known = prefix in CASES or (len(prefix) == 2 and prefix.isalpha())
    if not known or any(letter not in _VALUE for letter in rest):
        return None
    body, check = rest[:-1], rest[-1]
    if check != _check(body):
        return None
    return f"{prefix}-{body[:4]}-{body[4:]}-{check}"


def is_case_number(number: str) -> bool:
    """Whether a canonical number is a case's, by its prefix."""
    return number.partition("-")[0] in CASES


def _check(body: str) -> str:
    """A weighted sum modulo a prime: one wrong letter and two swapped neighbours are heard."""
    return ALPHABET[sum((place + 1) * _VALUE[letter] for place, letter in enumerate(body)) % 31]
