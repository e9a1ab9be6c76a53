"""Speaks the fake gateway's protocol."""

import httpx
import orjson

from shouhou.notifications.channels.sms.base import SmsRefused, SmsSilent

# Clear answers that are not about the message: come back later.
LATER = (408, 425, 429)


class FakeGateway:
    """The client of `fake/server.py`; an answer counts only when it names our key."""

    def __init__(self, url: str, *, seconds: float = 5.0) -> None:
        self._http = httpx.Client(base_url=url, timeout=httpx.Timeout(seconds, connect=2.0), trust_env=False)

    def send(self, *, phone: str, text: str, key: str) -> None:
        try:
            answer = self._http.post("/messages", content=orjson.dumps({"phone": phone, "text": text, "key": key}))
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise SmsSilent(type(error).__name__, doubt=False) from error
        except httpx.HTTPError as error:
            raise SmsSilent(type(error).__name__) from error
        if answer.status_code >= 500 or answer.status_code in LATER:
            raise SmsSilent(str(answer.status_code))
        if answer.status_code >= 400:
            raise SmsRefused(f"{answer.status_code} {answer.text[:100]}")
        if not _names(answer.content, key):
            raise SmsSilent("the answer is about something else")


def _names(content: bytes, key: str) -> bool:
    try:
        said = orjson.loads(content)
    except orjson.JSONDecodeError:
        return False
    return isinstance(said, dict) and said.get("key") == key
