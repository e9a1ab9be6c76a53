"""A small WeChat Pay (API v3) to try ours against: it checks our signatures, signs what it says, and misbehaves on demand.

`python -m shouhou.payments.channels.wechat.fake.server --port 8093 --state FILE --keys FOLDER [--callback URL]`
The paths are WeChat's. At its own desk: POST /_order {"total"} · /_pay/{out_trade_no} · /_finish/{out_refund_no} {"state"} ·
/_behave {"behaviours": […]} · /_ledger · /_keys (what the merchant's settings are to be)
"""

import argparse
import json
import re
import time
import urllib.request
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shouhou.payments.channels.fake.keypair import new_key
from shouhou.payments.channels.fake.scripted import AFTER, BEFORE, Scripted, Speaking
from shouhou.payments.channels.wechat.fake import desk, visiting
from shouhou.payments.channels.wechat.fake.bill import bill_of, digest

AUTHORIZATION = re.compile(r'(\w+)="([^"]*)"')
BY_NUMBER = re.compile(r"/v3/pay/transactions/out-trade-no/([^/?]+)(/close)?")
REFUNDS, DOWNLOAD = "/v3/refund/domestic/refunds", "/v3/billdownload/file?token="


class WeChatServer(Scripted):
    """The server with both sides' keys, and where it tells of things by itself (nowhere: it only keeps the notices)."""

    own = {
        **dict.fromkeys(desk.REFUSALS, "refuses the refund"), **dict.fromkeys(desk.COURSES, "the refund takes this course"),
        "no_h5": "has not opened payment on phones", "no_jsapi": "has not opened payment inside WeChat",
    }  # fmt: skip

    def __init__(self, port: int, *, state: Path, keys: desk.Keys, callback: str = "") -> None:
        super().__init__(port, state=state, handler=WeChatHandler)
        self.keys, self.callback = keys, callback
        self.nonces: set[str] = set()
        self.visits = visiting.Visits()
        self.answers_with_certificate = False

    def settings(self) -> dict[str, str]:
        """What a merchant of this server has in its settings."""
        return {
            "merchant": desk.MERCHANT, "app": desk.APP, "serial": desk.SERIAL, "private_key": self.keys.merchant.private_pem,
            "api_key": self.keys.api_key, "public_key": self.keys.platform.public_pem, "public_key_id": desk.KEY_ID,
            "certificates": "", "url": self.url, "secret": desk.SECRET, "open_url": self.url, "api_url": self.url,
        }  # fmt: skip

    def told(self, event: str, resource: dict[str, Any], *, notice_id: str = "") -> tuple[dict[str, str], bytes]:
        """A notice as it goes out: its headers and body."""
        body = desk.sealed(self.keys, event, resource, notice_id=notice_id)
        return desk.signed_headers(self.keys.platform, body), body

    def finish(self, name: str, state: str) -> dict[str, Any]:
        """A refund under way ends so, and the merchant is told."""
        with self.lock:
            refund = self.refunds.put(name, {"state": state})
        self._tell(f"REFUND.{state}", desk.shown_refund(refund, notice=True))
        return refund

    def pay(self, name: str) -> dict[str, Any]:
        """The consumer pays an order, unless it is closed, and the merchant is told."""
        with self.lock:
            trade = desk.pay(self.trades, self.trades.known[name])
        if trade["state"] == "SUCCESS":
            self._tell("TRANSACTION.SUCCESS", desk.shown_order(trade))
        return trade

    def _tell(self, event: str, resource: dict[str, Any]) -> None:
        if not self.callback:
            return
        headers, body = self.told(event, resource)
        request = urllib.request.Request(self.callback, data=body, method="POST", headers=headers)  # noqa: S310
        request.add_header("Content-Type", "application/json")
        try:
            urllib.request.urlopen(request, timeout=5).close()  # noqa: S310
        except OSError:
            return  # The real one tells it again later; here a question finds it.


class WeChatHandler(Speaking):
    """One request, checked as the real one checks it."""

    server: WeChatServer

    def exchange(self, method: str, path: str, body: bytes) -> None:
        if path.startswith(desk.CASHIER):
            self._cashier(method, dict(parse_qsl(urlsplit(path).query)))
            return
        if path.startswith(visiting.PATHS):
            self._visit(path)
            return
        if not self._is_merchant(method, path, body):
            self._say(desk.failure("SIGN_ERROR", "签名错误", 401), "success")
            return
        if path.startswith(DOWNLOAD):
            # Neither signed nor JSON: the digest in the signed answer tells whether it is the file.
            packed = bill_of(path.removeprefix(DOWNLOAD), trades=self.server.trades, refunds=self.server.refunds) or b""
            self.reply(200, packed[:-9] if self.server.next_behaviour("download") == "lost" else packed, kind="application/octet-stream")
            return
        does = self.server.next_behaviour(f"{method} {path}")
        said: list[desk.Said] = []

        def error() -> None:
            limited = desk.failure("FREQUENCY_LIMITED", "频率限制", 429)
            self._say(limited if does == "limited" else desk.failure("SYSTEM_ERROR", "系统错误", 500), does)

        def work() -> None:
            with self.server.lock:
                said.append(self._do(method, path, json.loads(body or b"{}"), does))

        self.misbehave(does, work, answer=lambda: self._say(said[0], does), error=error)

    def control(self, path: str, said: dict[str, Any]) -> object:
        server, name = self.server, path.rpartition("/")[2]
        if path == "/_behave":
            server.behave(*said["behaviours"])
        elif path == "/_order":
            return desk.paid_order(server.trades, int(said["total"]))
        elif path.startswith("/_pay/"):
            return server.pay(name)
        elif path.startswith("/_finish/"):
            return server.finish(name, said["state"])
        elif path == "/_bridge":
            return {"err_msg": server.visits.cashier(said, key=server.keys.merchant, trades=server.trades, pay=server.pay)}
        elif path == "/_keys":
            return server.settings()
        elif path == "/_ledger":
            return {"refunds": list(server.refunds.known.values()), "trades": list(server.trades.known.values())}
        else:
            return None
        return {}

    def _do(self, method: str, path: str, said: dict[str, Any], does: str) -> desk.Said:
        server, plain = self.server, urlsplit(path).path
        if plain == "/v3/certificates":
            return self._certificates()
        if plain == "/v3/pay/transactions/native":
            return desk.make_order(server.trades, said)
        if plain == "/v3/pay/transactions/h5":
            if does == "no_h5":
                return desk.failure("NO_AUTH", "商户号未开通 H5 支付", 403)
            return desk.make_order(server.trades, said, kind="MWEB", at=server.url)
        if plain == "/v3/pay/transactions/jsapi":
            if does == "no_jsapi":
                return desk.failure("NO_AUTH", "商户号未开通 JSAPI 支付", 403)
            return desk.make_order(server.trades, said, kind="JSAPI")
        if plain == "/v3/bill/tradebill":
            day = dict(parse_qsl(urlsplit(path).query))["bill_date"]
            packed = bill_of(day, trades=server.trades, refunds=server.refunds)
            if packed is None:
                return desk.failure("NO_STATEMENT_EXIST", "账单文件不存在")
            return 200, {"hash_type": "SHA1", "hash_value": digest(packed), "download_url": f"{server.url}{DOWNLOAD}{day}"}
        if plain == REFUNDS:
            return desk.make_refund(server.trades, server.refunds, said, does=does)
        if plain.startswith(f"{REFUNDS}/"):
            refund = server.refunds.known.get(plain.rpartition("/")[2])
            return (200, desk.shown_refund(refund)) if refund else desk.failure("RESOURCE_NOT_EXISTS", "退款单不存在", 404)
        found = BY_NUMBER.fullmatch(plain)
        trade = server.trades.known.get(found[1]) if found else None
        if found is None or trade is None:
            return desk.failure("ORDER_NOT_EXIST", "订单不存在", 404)
        if not found[2]:
            return 200, desk.shown_order(trade)
        if trade["state"] == "SUCCESS":
            return desk.failure("ORDERPAID", "订单已支付，不能关单")
        server.trades.put(trade["name"], {"state": "CLOSED"})
        return 204, {}

    def _cashier(self, method: str, told: dict[str, str]) -> None:
        """The consumer's browser, not the merchant: who pays is led back to where the merchant said."""
        trade = self.server.trades.known.get(told.get("prepay_id", ""))
        if trade is None:
            self.reply(404, b"no such order", kind="text/plain")
        elif method == "POST":
            self.server.pay(trade["name"])
            self.reply(303, b"", headers={"Location": told.get("redirect_url", "/healthz")})
        else:
            self.reply(200, desk.cashier_page(trade), kind="text/html; charset=utf-8")

    def _visit(self, path: str) -> None:
        """The official account's own addresses: unsigned, asked by a browser or with the account's secret."""
        told = dict(parse_qsl(urlsplit(path).query))
        if self.server.next_behaviour("visit") in ("error", "outage"):
            self.reply(500, b"", kind="text/plain")
        elif path.startswith(visiting.AUTHORIZE):
            self.reply(302, b"", headers={"Location": self.server.visits.come_back(told)})
        else:
            self.reply(200, json.dumps(self.server.visits.exchange(told)).encode())

    def _certificates(self) -> desk.Said:
        nonce = "a1b2c3d4e5f6"
        plain = self.server.keys.platform.certificate(serial=desk.CERTIFICATE).encode()
        shut = AESGCM(self.server.keys.api_key.encode()).encrypt(nonce.encode(), plain, b"certificate")
        return 200, {"data": [{
            "serial_no": f"{desk.CERTIFICATE:X}", "effective_time": desk.stamp(), "expire_time": desk.stamp(),
            "encrypt_certificate": {"algorithm": "AEAD_AES_256_GCM", "nonce": nonce, "associated_data": "certificate",
                                    "ciphertext": b64encode(shut).decode()},
        }]}  # fmt: skip

    def _is_merchant(self, method: str, path: str, body: bytes) -> bool:
        """Signed by the merchant for this very call, now, and never used before."""
        kind, _, rest = self.headers.get("Authorization", "").partition(" ")
        told = dict(AUTHORIZATION.findall(rest))
        nonce, moment = told.get("nonce_str", ""), told.get("timestamp", "0")
        if kind != "WECHATPAY2-SHA256-RSA2048" or (told.get("mchid"), told.get("serial_no")) != (desk.MERCHANT, desk.SERIAL):
            return False
        if not moment.isdigit() or abs(time.time() - int(moment)) > 300 or nonce in self.server.nonces:
            return False
        self.server.nonces.add(nonce)
        return self.server.keys.merchant.has_signed(
            f"{method}\n{path}\n{moment}\n{nonce}\n{body.decode()}\n", told.get("signature", "")
        )

    def _say(self, said: desk.Said, does: str) -> None:
        status, content = said
        if does == "other_amount" and "amount" in content:
            name = "refund" if "refund" in content["amount"] else "total"
            content = {**content, "amount": {**content["amount"], name: content["amount"][name] - 1}}
        body = b"" if status == 204 else json.dumps(content, ensure_ascii=False).encode()
        key = new_key() if does == "bad_signature" else self.server.keys.platform
        serial = f"{desk.CERTIFICATE:X}" if self.server.answers_with_certificate else desk.KEY_ID
        self.reply(status, body, headers=desk.signed_headers(key, body, serial=serial))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8093)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--keys", type=Path, required=True)
    parser.add_argument("--callback", default="")
    parser.add_argument("--always", default="success", choices=sorted({*BEFORE, *AFTER, *WeChatServer.own}))
    given = parser.parse_args(arguments)
    server = WeChatServer(given.port, state=given.state, keys=desk.keys_in(given.keys), callback=given.callback)
    server.always = given.always
    server.serve_forever()


if __name__ == "__main__":
    main()
