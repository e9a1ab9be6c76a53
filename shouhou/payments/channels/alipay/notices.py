"""What Alipay tells by itself: a signed form; the app and the seller must be ours."""

from urllib.parse import parse_qsl

from alipay.exceptions import AliPayException

from shouhou.payments.channels.alipay import wire
from shouhou.payments.channels.alipay.account import AlipayAccount, client_of
from shouhou.payments.channels.base import BadCallback, NotOurs, PayCallback
from shouhou.payments.channels.numbers import key_in

CHARSETS = ("utf-8", "gbk", "gb2312", "gb18030")


def read_notice(account: AlipayAccount, *, body: bytes) -> PayCallback | NotOurs | None:
    """None when it is not Alipay's. A refund has no notice of its own: what tells of one is quiet. Raises BadCallback."""
    form = _form(body)
    signature = form.pop("sign", "")
    if not signature or not _is_signed(account, dict(form), signature):
        return None
    try:
        notice_id, key = form["notify_id"][:120], key_in(form.get("out_trade_no", ""))
        if form["app_id"] != account.app:
            raise BadCallback("about another app")
        if account.seller and form.get("seller_id") != account.seller:
            raise BadCallback("about another seller")
        if form.get("notify_type") != "trade_status_sync" or key is None or form.get("refund_fee"):
            return NotOurs(notice_id)
        return PayCallback(
            notice_id, key, wire.TRADE_STATES[form["trade_status"]], wire.minor(form["total_amount"]), wire.CURRENCY,
            form["trade_no"][:120], means=wire.MEANS,
        )  # fmt: skip
    except BadCallback:
        raise
    except (KeyError, ValueError) as error:
        raise BadCallback(repr(error)[:100]) from error


def _form(body: bytes) -> dict[str, str]:
    """The form in the charset that it names itself; empty when it is none."""
    try:
        plain = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True))
        charset = plain.get("charset", "utf-8").lower()
        if charset not in CHARSETS:
            return {}
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, encoding=charset, errors="strict"))
    except ValueError:
        return {}


def _is_signed(account: AlipayAccount, form: dict[str, str], signature: str) -> bool:
    try:
        # Takes `sign_type` out of the form, and raises for another one than RSA2.
        return bool(client_of(account).verify(form, signature))
    except (AliPayException, ValueError, TypeError):
        return False
