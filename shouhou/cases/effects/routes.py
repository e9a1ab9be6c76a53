"""The consumer says where a refund goes, before it is sent or when it was refused; the account never stands in the history."""

from collections.abc import Mapping
from typing import Any

from shouhou.cases.answers import invalid
from shouhou.cases.effects.money import accepted, owed
from shouhou.cases.effects.said import say
from shouhou.cases.moving import Moving
from shouhou.cases.workflows.routes import CONSENT, WAY_CONSENT
from shouhou.foundation.refusals import FieldError, refused
from shouhou.payments import actions as payments
from shouhou.payments.actions.routing import Kind, Wish
from shouhou.payments.refusals import ROUTE_INCOMPLETE
from shouhou.plumbing.sealed import tail

BANK = ("payee", "bank", "account")


def ask(moving: Moving) -> None:
    """The means it was paid with does not take it: the consumer is asked, in words, where else it may go."""
    say(moving, "原支付方式未能收到退款。您可以在本页选择改退至商城余额或银行账户；不选择的，财务将继续处理。",
        "The means you paid with did not take the refund. You can choose your store balance or a bank account on this page; "
        "finance goes on with it in any case.")  # fmt: skip


def choose(moving: Moving) -> None:
    """Said by the consumer on their own page. Raises ANSWERS_INVALID, ROUTE_INCOMPLETE."""
    if moving.answers.get("agree") is not True:
        raise invalid(FieldError("agree", "请勾选同意。", "Tick that you agree."))
    _agree(moving, call_note="")


def record(moving: Moving) -> None:
    """Said on the phone, and written down by who heard it: not by whoever gains from it (a shop). Raises MOVE_NOT_YOURS."""
    _agree(moving, call_note=str(moving.answers["call_note"]))


def choose_way(moving: Moving) -> None:
    """Before it is sent, also while it waits for a second person, by the consumer. Raises ANSWERS_INVALID, ROUTE_INCOMPLETE,
    ROUTE_NOT_POSSIBLE."""
    if moving.answers.get("agree") is not True:
        raise invalid(FieldError("agree", "请勾选同意。", "Tick that you agree."))
    _want(moving, call_note="")


def record_way(moving: Moving) -> None:
    """The same said on the phone."""
    _want(moving, call_note=str(moving.answers["call_note"]))


def by_transfer(moving: Moving) -> None:
    """Nothing has failed: it is finance's turn, and the page says where it goes."""
    wanted = moving.case.details.get("refund_route") or {}
    shown = str(moving.answers.get("account") or wanted.get("account") or "")
    moving.note(route={**wanted, "kind": "bank", "account": shown})
    say(moving, f"按您的选择，财务将把退款转至银行账户 {shown}。",
        f"As you have chosen, finance transfers the refund to the account {shown}.")  # fmt: skip


def _want(moving: Moving, *, call_note: str) -> None:
    case, answers = moving.case, moving.answers
    route = str(answers["route"])
    kind: Wish = "bank" if route == "bank" else "balance" if route == "balance" else "original"
    given, shown = _account(answers) if kind == "bank" else ({}, "")
    payments.want_route(
        case.number, order_id=case.order_id, buyer_id=case.buyer_id, kind=kind, consent=f"{WAY_CONSENT.zh} / {WAY_CONSENT.en}",
        call_note=call_note, actor=moving.actor, now=moving.now, **given,
    )  # fmt: skip
    _mask(answers, shown)
    moving.note(
        refund_to=kind,
        refund_route={"kind": kind, "account": shown, "by": moving.actor.who, "at": moving.now.isoformat(), "phone": bool(call_note)},
    )
    if case.status == "refund_review":
        _send_again(moving)
    else:
        _show_again(moving)


def _send_again(moving: Moving) -> None:
    """It is instructed and waits for its second person, who lets go what is shown then: the same amounts, another way."""
    case = moving.case
    parts = payments.send_as_wanted(payments.refund_of(case.number).number, actor=moving.actor, now=moving.now)
    tenders = [{"tender": part.tender, "amount": {"amount": part.amount_minor, "currency": case.currency}} for part in parts]
    moving.set(preview={**case.preview, "agreed": {**case.preview.get("agreed", {}), "tenders": tenders}})


def _show_again(moving: Moving) -> None:
    """What is shown before is what happens: the same amounts, over the tenders as they are chosen now."""
    case, preview = moving.case, dict(moving.case.preview)
    units = {"applied": {item.line: item.quantity for item in case.own_items}, "agreed": accepted(case)}
    for side in units.keys() & preview.keys():
        if any(units[side].values()):
            preview[side] = {**preview[side], "tenders": owed(case, units[side]).as_json()["tenders"]}
    moving.set(preview=preview)


def _account(answers: Mapping[str, Any]) -> tuple[dict[str, str], str]:
    """Whose account, where and which; and its last characters. Raises ROUTE_INCOMPLETE."""
    given = {name: str(answers.get(name) or "") for name in BANK}
    missing = [name for name, value in given.items() if not value.strip()]
    if missing:
        raise refused(ROUTE_INCOMPLETE, *(FieldError(name, "请填写。", "Give this.") for name in missing))
    return given, tail(given["account"])


def _mask(answers: dict[str, Any], shown: str) -> None:
    for name in BANK:
        answers.pop(name, None)
    if shown:
        answers["account"] = shown


def _agree(moving: Moving, *, call_note: str) -> None:
    case, answers = moving.case, moving.answers
    kind: Kind = "bank" if answers["route"] == "bank" else "balance"
    given, shown = _account(answers) if kind == "bank" else ({}, "")
    number = payments.refund_of(case.number).number
    payments.agree_route(
        number, kind=kind, consent=f"{CONSENT.zh} / {CONSENT.en}", call_note=call_note, actor=moving.actor, now=moving.now, **given,
    )  # fmt: skip
    _mask(answers, shown)
    moving.note(route={"kind": kind, "account": shown, "by": moving.actor.who, "at": moving.now.isoformat(), "phone": bool(call_note)})
    if kind == "balance":
        moving.go("refunding")
        say(moving, "按您的同意，退款改退至商城余额。", "As you agreed, the refund goes to your store balance.")
    else:
        say(moving, f"按您的同意，财务将把退款转至银行账户 {shown}。", f"As you agreed, finance transfers it to the account {shown}.")
