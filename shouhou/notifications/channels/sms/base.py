"""What a text message channel can do."""

from typing import Protocol


class SmsSilent(Exception):
    """The gateway did not answer: try again with the same key."""


class SmsChannel(Protocol):
    """The same `key` is the same message, however often it is sent. Raises SmsSilent."""

    def send(self, *, phone: str, text: str, key: str) -> None: ...
