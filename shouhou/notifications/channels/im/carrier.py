"""The wire: apprise's plugins post through here, so that the answer is read, and nothing but the five services is reached."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from shouhou.notifications.channels.im.addresses import HOSTS

SECONDS = 5.0
CONNECT_SECONDS = 3.0
# Where each service says in its body that it did not do it, although its status is 200; 0 and "ok" mean that it did.
CODES = ("errcode", "code", "StatusCode")


@dataclass
class Heard:
    """What came back: a status and a body, or an error."""

    status: int = 0
    content: bytes = b""
    error: requests.RequestException | None = None
    posts: int = 0

    @property
    def says_no(self) -> str:
        """The service's own words of refusal, "" when there are none."""
        try:
            said = json.loads(self.content)
        except ValueError:
            return "" if self.content.strip() == b"ok" else "?"
        if not isinstance(said, dict):
            return "?"
        codes = [said[name] for name in CODES if name in said]
        if not codes:
            return "?"
        return "" if all(code == 0 for code in codes) else f"{codes[0]} {said.get('errmsg') or said.get('msg') or ''}"[:120]


_hearing: ContextVar[tuple[Heard, str] | None] = ContextVar("hearing", default=None)


@contextmanager
def hearing(relay: str) -> Iterator[Heard]:
    """What is posted inside is kept; with a `relay` it goes there instead of to the service's own address."""
    heard = Heard()
    token = _hearing.set((heard, relay))
    try:
        yield heard
    finally:
        _hearing.reset(token)


class Wire:
    """Stands where a plugin says `requests`: the same names, but one careful way to post."""

    def __getattr__(self, name: str) -> Any:
        if name in ("get", "put", "delete", "patch", "head", "options", "Session", "session"):
            raise PermissionError("rooms are only posted to")
        return getattr(requests, name)

    def request(self, method: str, url: str, **given: Any) -> requests.Response:
        if method.lower() != "post":
            raise PermissionError("rooms are only posted to")
        return self.post(url, **given)

    def post(self, url: str, *, data: Any = None, headers: Any = None, params: Any = None, **_: Any) -> requests.Response:
        """One POST to one of the five hosts: no redirects, no proxy of the environment, a time limit, a check of the certificate."""
        now = _hearing.get()
        parts = urlsplit(url)
        if now is None or parts.scheme != "https" or parts.hostname not in HOSTS or parts.port not in (None, 443):
            raise PermissionError("not one of the services")
        heard, relay = now
        heard.posts += 1
        target = f"{relay.rstrip('/')}/{parts.hostname}{parts.path}" + (f"?{parts.query}" if parts.query else "") if relay else url
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.post(
                    target, data=data, headers=headers, params=params, timeout=(CONNECT_SECONDS, SECONDS), allow_redirects=False
                )
        except requests.RequestException as error:
            heard.error = error
            raise
        heard.status, heard.content = answer.status_code, answer.content[:2000]
        return answer
