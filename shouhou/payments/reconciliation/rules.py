"""What a line of a channel's statement means beside our books: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shouhou.foundation.workflow import Text

Outcome = Literal[
    "matched", "amount", "unknown", "twice", "currency", "not_booked", "contradicted", "turned_back", "fee", "sale", "other",
]  # fmt: skip
Resolution = Literal["explained", "overpaid", "offline", "written_off", "itself"]


@dataclass(frozen=True, slots=True)
class Ours:
    """What we have under the line's key. `left` are the amounts that by our ledger went through the channel and that no
    other line stands for yet; `taken`: some line already does; `open`: we still wait to hear; `back_minor` has come back."""

    is_refund: bool
    left: tuple[int, ...]
    currency: str
    open: bool
    taken: bool
    back_minor: int = 0


def outcome_of(*, kind: str, has_key: bool, amount_minor: int, currency: str, ours: Ours | None) -> Outcome:
    """What becomes of one line."""
    if kind == "fee":
        return "fee"
    if kind == "other":
        # Named with our key: it was ours, and came to nothing there (a refund that the bank sent back).
        if ours is None or not ours.is_refund:
            return "other"
        return "matched" if ours.back_minor >= abs(amount_minor) else "turned_back"
    if ours is None:
        # A payment without a key of ours is a sale: the shop's own till sells through the same channel.
        return "sale" if kind == "payment" and not has_key else "unknown"
    if ours.is_refund != (kind == "refund"):
        return "unknown"
    if ours.currency != currency:
        return "currency"
    if amount_minor in ours.left:
        return "matched"
    if ours.left:
        return "amount"
    if ours.taken:
        return "twice"
    return "not_booked" if ours.open else "contradicted"


def left_of(booked: tuple[int, ...], *, stated: tuple[int, ...]) -> tuple[int, ...]:
    """Of what we booked, what no line stands for: each line takes the same amount, else the first."""
    left = list(booked)
    others = 0
    for amount in stated:
        if amount in left:
            left.remove(amount)
        else:
            others += 1
    return tuple(left[others:])


def delta_minor(*, is_refund: bool, theirs_minor: int, ours_minor: int) -> int:
    """What is missing in the channel's account of the ledger: > 0 more has left there than we booked."""
    return theirs_minor - ours_minor if is_refund else ours_minor - theirs_minor


def ways_of(*, kind: str, delta: int | None, is_refund: bool, known: bool) -> tuple[Resolution, ...]:
    """How a difference may be settled. `known`: a buyer stands behind it. What is a buyer's is never written off."""
    if not delta:
        return ("explained",)
    if delta < 0:
        return ("offline", "explained") if known else ("written_off", "explained")
    return ("overpaid", "written_off", "explained") if known and is_refund else ("written_off", "explained")


DIFFERENCES: Mapping[str, Text] = {
    "amount": Text("金额不同", "Another amount"), "missing": Text("渠道没有", "Missing there"),
    "unknown": Text("我方没有", "Unknown here"), "twice": Text("渠道出现两次", "Twice there"),
    "currency": Text("币种不同", "Another currency"), "not_booked": Text("渠道已动账，我方尚未入账", "Moved there, not booked yet"),
    "contradicted": Text("渠道已动账，我方记为未付", "Moved there, refused or cancelled here"),
    "turned_back": Text("渠道退回", "Turned back there"),
}  # fmt: skip
OUTCOMES: Mapping[str, Text] = {
    **DIFFERENCES, "matched": Text("一致", "Matched"), "fee": Text("手续费", "Fee"),
    "sale": Text("商城自身收款", "The shop's own sale"), "other": Text("其他", "Other"),
}  # fmt: skip
RESOLUTIONS: Mapping[str, Text] = {
    "explained": Text("已查明，无需记账", "Explained, nothing to book"),
    "overpaid": Text("多付，向消费者追回", "Overpaid, to be collected from the buyer"),
    "offline": Text("已在渠道外付给消费者", "Paid to the buyer outside the channel"),
    "written_off": Text("由平台核销", "Written off by the platform"), "itself": Text("已自行一致", "Agrees by itself now"),
}  # fmt: skip
# The one thing to do first.
NEXT: Mapping[str, Text] = {
    "amount": Text("核对渠道明细，按实际金额处理差额", "Check the channel's detail, then settle the difference"),
    "missing": Text("先向渠道查询这笔款的结果", "Ask the channel what became of it"),
    "unknown": Text("在渠道后台查明这笔款是谁发起的", "Find out in the channel's console who made it"),
    "twice": Text("向渠道查询；确为重复支付则向消费者追回", "Ask the channel; if paid twice, collect it from the buyer"),
    "currency": Text("核对渠道的币种与汇率", "Check the channel's currency and rate"),
    "not_booked": Text("再问渠道一次，确认后自动入账", "Ask the channel again; it is booked once confirmed"),
    "contradicted": Text("在售后单中用同一编号重试，渠道不会重复支付", "Retry in the case with the same key: the channel never pays twice"),
    "turned_back": Text("款项未到消费者：线下补付并填写凭证", "The buyer has nothing: pay outside the channel, with proof"),
}  # fmt: skip
