"""The official account of the small WeChat: visitors come back with a code that tells who they are, the cashier checks what it opens."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from shouhou.payments.channels.fake.keypair import KeyPair
from shouhou.payments.channels.fake.scripted import Shelf
from shouhou.payments.channels.wechat.fake import desk

AUTHORIZE, EXCHANGE = "/connect/oauth2/authorize", "/sns/oauth2/access_token"
PATHS = (AUTHORIZE, EXCHANGE)
FRESH_SECONDS = 300


class Visits:
    """Codes that were given out: each tells once, within five minutes, who brought it. `visitor` is who holds the phone."""

    def __init__(self) -> None:
        self.visitor = desk.VISITOR
        self.codes: dict[str, tuple[str, float]] = {}

    def come_back(self, told: dict[str, str]) -> str:
        """Where the visitor's browser goes next."""
        code = uuid4().hex
        self.codes[code] = (self.visitor, time.time())
        return f"{told['redirect_uri']}?{urlencode({'code': code, 'state': told.get('state', '')})}"

    def exchange(self, told: dict[str, str]) -> dict[str, Any]:
        if told.get("appid") != desk.APP:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if told.get("secret") != desk.SECRET:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        found = self.codes.pop(told.get("code", ""), None)
        if found is None or time.time() - found[1] > FRESH_SECONDS:
            return {"errcode": 40163 if found is None else 42003, "errmsg": "code been used"}
        return {"access_token": uuid4().hex, "expires_in": 7200, "refresh_token": uuid4().hex, "openid": found[0], "scope": "snsapi_base"}

    def cashier(self, said: dict[str, Any], *, key: KeyPair, trades: Shelf, pay: Callable[[str], object]) -> str:
        """What the app's browser answers: it opens for what the merchant has signed, for whom the order was made out."""
        lines = "".join(f"{said.get(name, '')}\n" for name in ("appId", "timeStamp", "nonceStr", "package"))
        mark = str(said.get("package", "")).removeprefix("prepay_id=wx")[:20]
        trade = next((each for each in trades.known.values() if each.get("kind") == "JSAPI" and each["name"][:20] == mark), None)
        right = said.get("signType") == "RSA" and key.has_signed(lines, str(said.get("paySign", "")))
        if trade is None or not right or trade.get("person") != self.visitor or trade["state"] != "NOTPAY":
            return "get_brand_wcpay_request:fail"
        pay(trade["name"])
        return "get_brand_wcpay_request:ok"
