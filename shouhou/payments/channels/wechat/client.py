"""Speaking to WeChat Pay (API v3, direct merchant): refunds, payments by code or phone, and what became of them."""

from collections.abc import Mapping
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import requests
from wechatpayv3 import WeChatPayType

from shouhou.payments.channels.base import (
    ANYBODY,
    Callback,
    ChannelAnswer,
    ChannelDown,
    ChannelSilent,
    NotOurs,
    OwnAnswer,
    Paid,
    PayAnswer,
    PayCallback,
    Payer,
    StatementRow,
)  # fmt: skip
from shouhou.payments.channels.numbers import out_number
from shouhou.payments.channels.wechat import wire
from shouhou.payments.channels.wechat.account import WeChatAccount, client_of
from shouhou.payments.channels.wechat.inside import PREPAID, authorize_address, invocation, openid_of
from shouhou.payments.channels.wechat.notices import read_notice
from shouhou.payments.channels.wechat.statement import read_trade_bill

MOST_DESCRIPTION = 100


class WeChatChannel:
    """Our keys are the merchant's numbers (out_refund_no, out_trade_no): the same number pays, or takes money, once."""

    def __init__(self, account: WeChatAccount) -> None:
        self._account = account

    def refund(
        self, *, key: UUID, amount_minor: int, currency: str, reference: str, paid: Paid
    ) -> ChannelAnswer:  # fmt: skip
        if currency != wire.CURRENCY:
            return ChannelAnswer("refused", code="CURRENCY_NOT_SUPPORTED")
        if not paid.reference:
            return ChannelAnswer("refused", code="NO_REFERENCE")
        status, said = self._ask(
            "refund", out_refund_no=out_number(key), transaction_id=paid.reference, reason=reference,
            amount={"refund": amount_minor, "total": paid.amount_minor, "currency": currency},
        )  # fmt: skip
        if status == HTTPStatus.OK:
            return wire.refund_answer(said, key=key)
        # A refusal may be about this call only (an earlier one under the number went through): the number itself decides.
        standing = self.query(key=key, paid=paid)
        return ChannelAnswer("refused", code=str(said["code"])[:60]) if standing.status == "not_known" else standing

    def query(self, *, key: UUID, paid: Paid) -> ChannelAnswer:
        status, said = self._ask("query_refund", out_refund_no=out_number(key))
        if status == HTTPStatus.OK:
            return wire.refund_answer(said, key=key)
        if said["code"] in wire.NO_SUCH_REFUND:
            return ChannelAnswer("not_known")
        raise ChannelSilent(f"HTTP {status} {said['code']}")

    def open_payment(
        self, *, key: UUID, amount_minor: int, currency: str, reference: str, title: str, return_url: str,
        payer: Payer = ANYBODY,
    ) -> PayAnswer:  # fmt: skip
        """A code to scan (`weixin://…`, Native), good for two hours, or for a phone's browser the address that opens
        WeChat (H5), good for five minutes, or inside WeChat for who was known there the order's mark (JSAPI), good for two
        hours. Asked again with the same words there is a new one; a number that was opened one way cannot be opened another."""
        if currency != wire.CURRENCY:
            return PayAnswer("declined", code="CURRENCY_NOT_SUPPORTED")
        phone = payer.way == "phone"
        if payer.way == "inside":
            return self._open_inside(key=key, amount_minor=amount_minor, currency=currency, reference=reference, title=title, payer=payer)
        scene = {"payer_client_ip": payer.address or wire.NO_ADDRESS, "h5_info": {"type": "Wap"}}
        status, said = self._ask(
            "pay", final=wire.NOT_OPENED if phone else frozenset(), description=title[:MOST_DESCRIPTION],
            out_trade_no=out_number(key), attach=reference, amount={"total": amount_minor, "currency": currency},
            **({"pay_type": WeChatPayType.H5, "scene_info": scene} if phone else {}),
        )  # fmt: skip
        if status == HTTPStatus.OK:
            url = str(said.get("h5_url" if phone else "code_url", ""))
            if not url or (phone and not url.startswith(("https://", self._account.url))):
                raise ChannelSilent("no code to scan" if not phone else "no address to open")
            # Afterwards WeChat leads back to us.
            return PayAnswer("open", url=(f"{url}&redirect_url={quote(return_url, safe='')}" if phone else url)[:2000])
        return self._not_opened(status, said, key=key)

    def query_payment(self, *, key: UUID, reference: str = "") -> PayAnswer:
        status, said = self._ask("query", out_trade_no=out_number(key))
        if status == HTTPStatus.OK:
            return wire.trade_answer(said, key=key, merchant=self._account.merchant)
        if said["code"] in wire.NO_SUCH_ORDER:
            return PayAnswer("not_known")
        raise ChannelSilent(f"HTTP {status} {said['code']}")

    def close_payment(self, *, key: UUID, reference: str = "") -> PayAnswer:
        """An order they never heard of has no code that anybody could scan: it counts as closed."""
        status, said = self._ask("close", out_trade_no=out_number(key))
        if status in (HTTPStatus.OK, HTTPStatus.NO_CONTENT):
            return PayAnswer("closed")
        standing = self.query_payment(key=key)
        if standing.status == "open":
            raise ChannelSilent(f"HTTP {status} {said['code']}")
        return PayAnswer("closed") if standing.status == "not_known" else standing

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback | PayCallback | NotOurs | None:
        return read_notice(self._account, headers=headers, body=body)

    def own_answer(self, *, taken: bool) -> OwnAnswer:
        """Taken is an empty 204; anything else is told again."""
        if taken:
            return OwnAnswer(204, "", b"")
        return OwnAnswer(400, "application/json", '{"code":"FAIL","message":"失败"}'.encode())

    def read_statement(self, data: bytes) -> list[StatementRow]:
        return read_trade_bill(data)

    def fetch_statement(self, *, day: date) -> bytes | None:
        """The trade bill, there from ten in the morning after; it must be the file that the signed answer names."""
        status, said = self._ask("trade_bill", bill_date=day.isoformat())
        if status != HTTPStatus.OK:
            if said["code"] in wire.NO_BILL:
                return None
            raise ChannelSilent(f"HTTP {status} {said['code']}")
        status, data = self._call("download_bill", url=str(said.get("download_url", "")))
        if status != HTTPStatus.OK or not isinstance(data, bytes) or not wire.is_the_bill(data, sha1=str(said.get("hash_value"))):
            raise ChannelSilent(f"HTTP {status}, not the bill")
        return data

    def knows_visitors(self) -> bool:
        return bool(self._account.secret)

    def visitor_address(self, *, back: str, state: str) -> str:
        return authorize_address(self._account, back=back, state=state)

    def visitor(self, code: str) -> str | None:
        return openid_of(self._account, code)

    def cashier(self, url: str, *, now: datetime) -> dict[str, str]:
        return invocation(self._account, url, now=now)

    def _open_inside(
        self, *, key: UUID, amount_minor: int, currency: str, reference: str, title: str, payer: Payer
    ) -> PayAnswer:  # fmt: skip
        status, said = self._ask(
            "pay", final=wire.NOT_OPENED, description=title[:MOST_DESCRIPTION], out_trade_no=out_number(key), attach=reference,
            amount={"total": amount_minor, "currency": currency}, payer={"openid": payer.openid}, pay_type=WeChatPayType.JSAPI,
        )  # fmt: skip
        if status != HTTPStatus.OK:
            return self._not_opened(status, said, key=key)
        if not said.get("prepay_id"):
            raise ChannelSilent("no mark of the order")
        return PayAnswer("open", url=f"{PREPAID}{said['prepay_id']}"[:128])

    def _not_opened(self, status: int, said: Mapping[str, Any], *, key: UUID) -> PayAnswer:
        standing = self.query_payment(key=key)
        if standing.status == "open":
            raise ChannelSilent(f"HTTP {status} {said['code']}")
        return PayAnswer("declined", code=str(said["code"])[:60]) if standing.status == "not_known" else standing

    def _ask(self, what: str, *, final: frozenset[str] = frozenset(), **told: object) -> tuple[int, dict[str, Any]]:
        status, text = self._call(what, **told)
        return status, wire.decided(status, text, final=final)

    def _call(self, what: str, **told: object) -> tuple[int, str | bytes]:
        """The library's call, and what came back as it came. Raises ChannelDown, ChannelSilent."""
        call = getattr(client_of(self._account), what)
        try:
            status, text = call(**told)
        except requests.ConnectionError as error:
            if wire.never_connected(error):
                raise ChannelDown(str(error)[:200]) from error
            raise ChannelSilent(f"{type(error).__name__}: {error}"[:200]) from error
        except Exception as error:  # a wrong signature is a bare Exception of the library
            raise ChannelSilent(f"{type(error).__name__}: {error}"[:200]) from error
        return status, text
