"""Speaking to Alipay's open platform: refunds, QR payments, and what became of them."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import httpx
from alipay.exceptions import AliPayException, AliPayValidationError

from shouhou.payments.channels.alipay import wire
from shouhou.payments.channels.alipay.account import AlipayAccount, client_of
from shouhou.payments.channels.alipay.notices import read_notice
from shouhou.payments.channels.alipay.statement import read_bill
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
from shouhou.plumbing import clock

MOST_SUBJECT = 120


class AlipayChannel:
    """Our keys are the merchant's numbers (out_request_no, out_trade_no): the same number pays, or takes money, once."""

    def __init__(self, account: AlipayAccount) -> None:
        self._account = account

    def refund(
        self, *, key: UUID, amount_minor: int, currency: str, reference: str, paid: Paid
    ) -> ChannelAnswer:  # fmt: skip
        if currency != wire.CURRENCY:
            return ChannelAnswer("refused", code="CURRENCY_NOT_SUPPORTED")
        if not paid.reference:
            return ChannelAnswer("refused", code="NO_REFERENCE")
        said = self._ask("alipay.trade.refund", {
            "trade_no": paid.reference, "refund_amount": wire.yuan(amount_minor), "out_request_no": out_number(key),
            "refund_reason": reference,
        })  # fmt: skip
        if said["code"] == wire.DONE and said.get("trade_no") != paid.reference:
            raise ChannelSilent("an answer about another trade")
        if said["code"] == wire.DONE and said.get("fund_change") == "Y":
            # `refund_fee` is the sum of all refunds of the trade; what this one gave is what was asked.
            return ChannelAnswer("settled", paid.reference[:120], "", amount_minor)
        # No money moved just now: it may have before, under this very number, and the number is asked.
        standing = self.query(key=key, paid=paid)
        if standing.status != "not_known":
            return standing
        if said["code"] == wire.DONE:
            return ChannelAnswer("in_process", paid.reference[:120])
        return ChannelAnswer("refused", code=_code(said))

    def query(self, *, key: UUID, paid: Paid) -> ChannelAnswer:
        """A refund that has not gone through is not known there: asked for again under the same number, it pays once."""
        if not paid.reference:
            return ChannelAnswer("not_known")
        said = self._ask("alipay.trade.fastpay.refund.query", {
            "trade_no": paid.reference, "out_request_no": out_number(key),
        })  # fmt: skip
        if said["code"] != wire.DONE:
            if _code(said) == wire.NO_TRADE:
                return ChannelAnswer("not_known")
            raise ChannelSilent(f"{said['code']} {_code(said)}")
        if said.get("refund_status") != "REFUND_SUCCESS":
            return ChannelAnswer("not_known")
        if (said.get("out_request_no"), said.get("trade_no")) != (out_number(key), paid.reference):
            raise ChannelSilent("an answer about another refund")
        return ChannelAnswer("settled", paid.reference[:120], "", _amount(said, "refund_amount"))

    def open_payment(
        self, *, key: UUID, amount_minor: int, currency: str, reference: str, title: str, return_url: str,
        payer: Payer = ANYBODY,
    ) -> PayAnswer:  # fmt: skip
        """A code to scan that is also an address, good for two hours; asked again with the same words there is a new one."""
        if currency != wire.CURRENCY:
            return PayAnswer("declined", code="CURRENCY_NOT_SUPPORTED")
        said = self._ask("alipay.trade.precreate", {
            "out_trade_no": out_number(key), "total_amount": wire.yuan(amount_minor), "subject": title[:MOST_SUBJECT],
            "body": reference,
        }, notify_url=self._account.notify_url)  # fmt: skip
        if said["code"] == wire.DONE:
            if said.get("out_trade_no") != out_number(key) or not said.get("qr_code"):
                raise ChannelSilent("an answer about another trade")
            return PayAnswer("open", url=str(said["qr_code"])[:2000])
        standing = self.query_payment(key=key)
        if standing.status == "open":
            raise ChannelSilent(f"{said['code']} {_code(said)}")
        return PayAnswer("declined", code=_code(said)) if standing.status == "not_known" else standing

    def query_payment(self, *, key: UUID, reference: str = "") -> PayAnswer:
        """The trade begins when the code is scanned; before, it is not known there."""
        said = self._ask("alipay.trade.query", {"out_trade_no": out_number(key)})
        if said["code"] != wire.DONE:
            if _code(said) == wire.NO_TRADE:
                return PayAnswer("not_known")
            raise ChannelSilent(f"{said['code']} {_code(said)}")
        status = wire.TRADE_STATES.get(str(said.get("trade_status")))
        if status is None or said.get("out_trade_no") != out_number(key):
            raise ChannelSilent(f"an answer about another trade, or in another state ({said.get('trade_status')})")
        if status == "closed" and said.get("send_pay_date"):
            # Closed because all of it went back: it had been paid.
            status = "settled"
        return PayAnswer(
            status, reference=str(said.get("trade_no") or "")[:120], means=wire.MEANS, amount_minor=_amount(said, "total_amount")
        )

    def close_payment(self, *, key: UUID, reference: str = "") -> PayAnswer:
        """A trade that never began counts as closed; who pays a code from before all the same is paid back (late money)."""
        said = self._ask("alipay.trade.close", {"out_trade_no": out_number(key)})
        if said["code"] == wire.DONE or _code(said) == wire.NO_TRADE:
            return PayAnswer("closed")
        standing = self.query_payment(key=key)
        if standing.status == "open":
            raise ChannelSilent(f"{said['code']} {_code(said)}")
        return PayAnswer("closed") if standing.status == "not_known" else standing

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback | PayCallback | NotOurs | None:
        return read_notice(self._account, body=body)

    def own_answer(self, *, taken: bool) -> OwnAnswer:
        """Alipay tells it again, for a day, until it hears exactly `success`."""
        return OwnAnswer(200 if taken else 400, "text/plain", b"success" if taken else b"fail")

    def read_statement(self, data: bytes) -> list[StatementRow]:
        return read_bill(data)

    def fetch_statement(self, *, day: date) -> bytes | None:
        """The day's bill, there from nine in the morning after; the signed answer names where, for half a minute."""
        said = self._ask("alipay.data.dataservice.bill.downloadurl.query", {"bill_type": "trade", "bill_date": day.isoformat()})
        if said["code"] != wire.DONE:
            if _code(said) == wire.NO_BILL:
                return None
            raise ChannelSilent(f"{said['code']} {_code(said)}")
        try:
            answer = httpx.get(str(said["bill_download_url"]), timeout=self._account.timeout).raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL, KeyError) as error:
            raise ChannelSilent(f"{type(error).__name__}: {error}"[:200]) from error
        return answer.content

    def _ask(self, method: str, content: dict[str, object], **told: object) -> dict[str, Any]:
        """The signed answer, whatever it says. Raises ChannelDown, ChannelSilent."""
        client = client_of(self._account)
        stamp = (clock.now() - clock.shift()).astimezone(wire.BEIJING).strftime("%Y-%m-%d %H:%M:%S")
        try:
            said = client.server_api(method, content, timestamp=stamp, **told)
        except OSError as error:
            if wire.never_connected(error):
                raise ChannelDown(str(error)[:200]) from error
            raise ChannelSilent(f"{type(error).__name__}: {error}"[:200]) from error
        except AliPayValidationError as error:
            raise ChannelSilent("the answer's signature is not Alipay's") from error
        except AliPayException as error:
            # Unsigned: what is wrong is told, but nothing is decided by it.
            raise ChannelSilent(str(error)[:200]) from error
        except Exception as error:  # an unreadable answer, or http.client's own kind
            raise ChannelSilent(f"{type(error).__name__}: {error}"[:200]) from error
        if not isinstance(said, dict) or "code" not in said:
            raise ChannelSilent("an answer without a code")
        if said["code"] == "20000" or (_code(said).startswith(wire.UNDECIDED) and _code(said) != wire.NO_BILL):
            raise ChannelSilent(f"{said['code']} {_code(said)}")
        return said


def _code(said: Mapping[str, Any]) -> str:
    return str(said.get("sub_code") or said.get("code") or "")[:60]


def _amount(said: Mapping[str, Any], name: str) -> int:
    try:
        return wire.minor(said[name])
    except (KeyError, ValueError) as error:
        raise ChannelSilent(f"no {name}") from error
