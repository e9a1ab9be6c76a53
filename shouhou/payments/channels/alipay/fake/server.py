"""A small Alipay open platform to try ours against: it checks our signatures, signs what it says, misbehaves on demand.

`python -m shouhou.payments.channels.alipay.fake.server --port 8094 --state FILE --keys FOLDER [--callback URL]`
GET /gateway.do, as the real one. At its own desk: POST /_trade {"total"} · /_scan/{out_trade_no} · /_pay/{out_trade_no} ·
/_finish/{out_request_no} · /_behave {"behaviours": […]} · /_ledger · /_keys (what the merchant's settings are to be)
"""

import argparse
import json
import time
import urllib.request
from calendar import timegm
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from shouhou.payments.channels.alipay.fake import desk
from shouhou.payments.channels.alipay.fake.bill import bill_of
from shouhou.payments.channels.fake.keypair import new_key
from shouhou.payments.channels.fake.scripted import AFTER, BEFORE, Scripted, Speaking

DOWNLOAD = "/bills/"
BEIJING_SECONDS = 8 * 3600
AMOUNTS = ("refund_amount", "total_amount")


class AlipayServer(Scripted):
    """The server with both sides' keys, and where it tells of things by itself (nowhere: it tells nobody)."""

    own = {**dict.fromkeys(desk.REFUSALS, "refuses the refund"), **desk.COURSES}

    def __init__(self, port: int, *, state: Path, keys: desk.Keys, callback: str = "") -> None:
        super().__init__(port, state=state, handler=AlipayHandler)
        self.keys, self.callback = keys, callback

    def settings(self) -> dict[str, str]:
        """What a merchant of this server has in its settings."""
        return {
            "app": desk.APP, "private_key": self.keys.app.private_pem, "public_key": self.keys.alipay.public_pem,
            "seller": desk.SELLER, "url": f"{self.url}/gateway.do",
        }  # fmt: skip

    def finish(self, name: str) -> dict[str, Any]:
        """A refund that was accepted goes through."""
        with self.lock:
            return self.refunds.put(name, {"state": "REFUND_SUCCESS"})

    def pay(self, name: str) -> dict[str, Any]:
        """The consumer scans the code and pays, unless the trade is closed; the merchant is told."""
        with self.lock:
            trade = desk.pay(self.trades, name)
        if trade["state"] == "TRADE_SUCCESS" and self.callback:
            request = urllib.request.Request(self.callback, data=desk.notice(self.keys, trade), method="POST")  # noqa: S310
            request.add_header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            try:
                urllib.request.urlopen(request, timeout=5).close()  # noqa: S310
            except OSError:
                return trade  # The real one tells it again for a day; here a question finds it.
        return trade


class AlipayHandler(Speaking):
    """One request, checked as the real one checks it."""

    server: AlipayServer

    def exchange(self, method: str, path: str, body: bytes) -> None:
        if path.startswith(DOWNLOAD):
            packed = bill_of(path.removeprefix(DOWNLOAD), trades=self.server.trades, refunds=self.server.refunds)
            self.reply(200 if packed else 404, packed or b"", kind="application/zip")
            return
        form = dict(parse_qsl(urlsplit(path).query + "&" + body.decode(), keep_blank_values=True))
        name = form.get("method", "").replace(".", "_") + "_response"
        if wrong := self._wrong(form):
            # The real gateway does not sign what it says to a stranger either.
            self.reply(200, json.dumps({"error_response": wrong}, ensure_ascii=False).encode(), kind="text/html;charset=utf-8")
            return
        does = self.server.next_behaviour(form["method"])
        said: list[desk.Said] = []

        def error() -> None:
            if does == "limited":
                self._say(name, desk.failure("isp.call-limited", "调用超限", code="20000", msg="Service Currently Unavailable"), does)
            else:
                self._say(name, desk.failure("ACQ.SYSTEM_ERROR", "系统错误"), does)

        def work() -> None:
            with self.server.lock:
                said.append(self._do(form, json.loads(form.get("biz_content") or "{}"), does))

        self.misbehave(does, work, answer=lambda: self._say(name, said[0], does), error=error)

    def control(self, path: str, said: dict[str, Any]) -> object:
        server, name = self.server, path.rpartition("/")[2]
        if path == "/_behave":
            server.behave(*said["behaviours"])
        elif path == "/_trade":
            return desk.paid_trade(server.trades, str(said["total"]))
        elif path.startswith("/_scan/"):
            return desk.scan(server.trades, name)
        elif path.startswith("/_pay/"):
            return server.pay(name)
        elif path.startswith("/_finish/"):
            return server.finish(name)
        elif path == "/_keys":
            return server.settings()
        elif path == "/_ledger":
            return {"refunds": list(server.refunds.known.values()), "trades": list(server.trades.known.values())}
        else:
            return None
        return {}

    def _do(self, form: dict[str, str], said: dict[str, Any], does: str) -> desk.Said:
        trades, refunds = self.server.trades, self.server.refunds
        match form["method"]:
            case "alipay.trade.precreate":
                return desk.precreate(trades, said, notify_url=form.get("notify_url", ""))
            case "alipay.trade.query":
                return desk.query(trades, said)
            case "alipay.trade.close":
                return desk.close(trades, said)
            case "alipay.trade.refund":
                return desk.refund(trades, refunds, said, does=does)
            case "alipay.data.dataservice.bill.downloadurl.query":
                if bill_of(said["bill_date"], trades=trades, refunds=refunds) is None:
                    return desk.failure("isp.bill_not_exist", "账单不存在")
                return desk.done(bill_download_url=f"{self.server.url}{DOWNLOAD}{said['bill_date']}")
            case "alipay.trade.fastpay.refund.query":
                return desk.refund_query(trades, refunds, said)
        return desk.failure("isv.invalid-method", "不存在的方法名", code="40002", msg="Invalid Arguments")

    def _wrong(self, form: dict[str, str]) -> desk.Said | None:
        """Why the gateway does not even look: not our app, not its key, or a moment ago in another time zone."""
        invalid = {"code": "40002", "msg": "Invalid Arguments"}
        signature = form.pop("sign", "")
        if form.get("app_id") != desk.APP:
            return desk.failure("isv.invalid-app-id", "无效的AppID参数", **invalid)
        text = "&".join(f"{name}={form[name]}" for name in sorted(form))
        if form.get("sign_type") != "RSA2" or not self.server.keys.app.has_signed(text, signature):
            return desk.failure("isv.invalid-signature", "无效签名", **invalid)
        try:
            moment = timegm(time.strptime(form.get("timestamp", ""), "%Y-%m-%d %H:%M:%S")) - BEIJING_SECONDS
        except ValueError:
            moment = 0
        if abs(time.time() - moment) > 600:
            return desk.failure("isv.invalid-timestamp", "非法的时间戳参数", **invalid)
        return None

    def _say(self, name: str, said: desk.Said, does: str) -> None:
        for amount in AMOUNTS if does == "other_amount" else ():
            if amount in said:
                said = {**said, amount: str(Decimal(said[amount]) - Decimal("0.01"))}
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        key = new_key() if does == "bad_signature" else self.server.keys.alipay
        body = f'{{"{name}":{text},"sign":"{key.sign(text)}"}}'
        self.reply(200, body.encode(), kind="text/html;charset=utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8094)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--keys", type=Path, required=True)
    parser.add_argument("--callback", default="")
    parser.add_argument("--always", default="success", choices=sorted({*BEFORE, *AFTER, *AlipayServer.own}))
    given = parser.parse_args(arguments)
    server = AlipayServer(given.port, state=given.state, keys=desk.keys_in(given.keys), callback=given.callback)
    server.always = given.always
    server.serve_forever()


if __name__ == "__main__":
    main()
