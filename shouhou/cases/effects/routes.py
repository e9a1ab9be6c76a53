"""The consumer lets a refused refund go elsewhere; the account never stands in the history."""

from shouhou.cases.answers import invalid
from shouhou.cases.effects.said import say
from shouhou.cases.moving import Moving
from shouhou.cases.workflows.routes import CONSENT
from shouhou.foundation.refusals import FieldError, refused
from shouhou.payments import actions as payments
from shouhou.payments.actions.routing import Kind
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


def _agree(moving: Moving, *, call_note: str) -> None:
    case, answers = moving.case, moving.answers
    kind: Kind = "bank" if answers["route"] == "bank" else "balance"
    given = {name: str(answers.get(name) or "") for name in BANK} if kind == "bank" else {}
    missing = [name for name, value in given.items() if not value.strip()]
    if missing:
        raise refused(ROUTE_INCOMPLETE, *(FieldError(name, "请填写。", "Give this.") for name in missing))
    number = payments.refund_of(case.number).number
    payments.agree_route(
        number, kind=kind, consent=f"{CONSENT.zh} / {CONSENT.en}", call_note=call_note, actor=moving.actor, now=moving.now, **given,
    )  # fmt: skip
    for name in BANK:
        answers.pop(name, None)
    shown = tail(given["account"]) if given else ""
    if shown:
        answers["account"] = shown
    moving.note(route={"kind": kind, "account": shown, "by": moving.actor.who, "at": moving.now.isoformat(), "phone": bool(call_note)})
    if kind == "balance":
        moving.go("refunding")
        say(moving, "按您的同意，退款改退至商城余额。", "As you agreed, the refund goes to your store balance.")
    else:
        say(moving, f"按您的同意，财务将把退款转至银行账户 {shown}。", f"As you agreed, finance transfers it to the account {shown}.")
