"""What a text message channel can do."""

from typing import Protocol


class SmsSilent(Exception):
    """The gateway did not answer, or not in a way that can be believed: try again with the same key.

    `doubt`: it may have taken the message all the same; without it nobody was there at all.
    """

    def __init__(self, why: str = "", *, doubt: bool = True) -> None:
        super().__init__(why)
        self.doubt = doubt


class SmsRefused(Exception):
    """The gateway said no for good: an unknown number, a forbidden text."""


class SmsChannel(Protocol):
    """The same `key` is the same message, however often it is sent. Raises SmsSilent, SmsRefused."""

    def send(self, *, phone: str, text: str, key: str) -> None: ...
