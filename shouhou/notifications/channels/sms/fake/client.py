"""Speaks the fake gateway's protocol."""

import httpx
import orjson

from shouhou.notifications.channels.sms.base import SmsSilent


class FakeGateway:
    """The client of `fake/server.py`."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=httpx.Timeout(5.0, connect=2.0), trust_env=False)

    def send(self, *, phone: str, text: str, key: str) -> None:
        try:
            answer = self._http.post("/messages", content=orjson.dumps({"phone": phone, "text": text, "key": key}))
        except httpx.HTTPError as error:
            raise SmsSilent(type(error).__name__) from error
        if answer.status_code >= 400:
            raise SmsSilent(str(answer.status_code))
