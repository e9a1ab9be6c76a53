"""Texts that stand in the database only encrypted: account numbers, and whatever else nobody may read off a disk or a dump."""

import base64
from functools import cache
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import models


class SealedText(models.TextField[str, str]):
    """A text that is sealed when it is written and opened when it is read; it cannot be searched. Empty stays empty."""

    def get_prep_value(self, value: Any) -> Any:
        plain = super().get_prep_value(value)
        return seal(plain) if plain else plain

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        return unseal(value) if value else value


def seal(text: str) -> str:
    """Encrypted with the installation's key; the same text twice gives two different seals."""
    return _cipher(settings.SECRET_KEY).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed; "" where the key is another one by now: unreadable, and nothing breaks for it."""
    try:
        return _cipher(settings.SECRET_KEY).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def tail(text: str, *, shown: int = 4) -> str:
    """Only the last characters of an account: enough for its owner to know it by."""
    plain = "".join(text.split())
    return f"•••• {plain[-shown:]}" if len(plain) > shown * 2 else "••••"


@cache
def _cipher(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(sha256(b"sealed text\n" + secret.encode()).digest()))
