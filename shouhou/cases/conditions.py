"""What a limit or a move may ask of the case, by name: the words that workflows use for their `when`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from shouhou.cases.confirmed import to_confirm
from shouhou.cases.rows import CaseRow
from shouhou.policy.rules.refund_only import NOT_HERE
from shouhou.policy.terms import Terms
from shouhou.repairs.rules.modes import AT_HOME, FOR_GOODS

CONDITIONS: dict[str, Callable[[CaseRow, Terms], bool]] = {
    "nobody_answered": lambda case, terms: case.version <= 1,
    "plainly_allowed": lambda case, terms: plainly_allowed(case),
    "self_reviewed": lambda case, terms: case.channel == "self" and not plainly_allowed(case),
    "merchant_reviewed": lambda case, terms: case.channel != "self" and not plainly_allowed(case),
    "small_amount": lambda case, terms: _at_stake(case) <= terms.number("decision_supervisor_above"),
    "large_amount": lambda case, terms: _at_stake(case) > terms.number("decision_supervisor_above"),
    "rest_to_send": lambda case, terms: case.rest,
    "refund_refused": lambda case, terms: bool(case.preview.get("refused")),
    "contradicted": lambda case, terms: bool(case.preview.get("contradicted")),
    "not_contradicted": lambda case, terms: not case.preview.get("contradicted"),
    "goods_here": lambda case, terms: case.goods_received,
    "goods_not_here": lambda case, terms: not case.goods_received,
    "goods_first": lambda case, terms: not case.details.get("first"),
    "replacement_first": lambda case, terms: bool(case.details.get("first")),
    "replacement_owed": lambda case, terms: _replacement(case) not in ("shipped", "delivered"),
    "replacement_held": lambda case, terms: _replacement(case) == "held",
    # The old goods are here, and what is owed for them is not on its way in time.
    "replacement_late": lambda case, terms: case.goods_received and (case.status != "replacement_reserved" or _late_to_ship(case)),
    "replacement_under_way": lambda case, terms: _replacement(case) == "shipped",
    "return_open": lambda case, terms: _open(case, "return"),
    "exchange_open": lambda case, terms: _open(case, "exchange") and not _flash_out(case),
    "repair_open": lambda case, terms: _open(case, "repair") and case.reason == "quality" and not case.goods_received,
    "at_home": lambda case, terms: case.details.get("mode") in AT_HOME and not case.details.get("taken"),
    "on_site": lambda case, terms: case.details.get("mode") == "on_site" and not case.details.get("taken"),
    "in_workshop": lambda case, terms: case.details.get("mode") not in AT_HOME or bool(case.details.get("taken")),
    "is_repair": lambda case, terms: case.details.get("kind") not in FOR_GOODS,
    "is_maintenance": lambda case, terms: case.details.get("kind") in FOR_GOODS,
    "phone_or_pc": lambda case, terms: _phone_or_pc(case),
    "not_phone_or_pc": lambda case, terms: not _phone_or_pc(case),
    "loan_out": lambda case, terms: bool(case.details.get("loan")),
    "no_loan": lambda case, terms: not case.details.get("loan"),
    "was_repaired": lambda case, terms: case.outcome == "repaired",
    "right_to_exchange": lambda case, terms: "exchange" in case.details.get("rights", ()),
    "right_to_return": lambda case, terms: "return" in case.details.get("rights", ()),
    "nothing_open": lambda case, terms: not case.claims_held,
    "doubt_small": lambda case, terms: 0 < _doubt(case) <= terms.number("price_protection_doubt_most"),
    "doubt_large": lambda case, terms: not 0 < _doubt(case) <= terms.number("price_protection_doubt_most"),
    "rule_compensates": lambda case, terms: case.verdict == "allow" and _promised(case) > 0,
    "promise_allows": lambda case, terms: case.verdict == "allow",
    "parcel_missing": lambda case, terms: case.reason in NOT_HERE,
    "goods_with_consumer": lambda case, terms: case.reason not in NOT_HERE,
    "shop_said_so": lambda case, terms: case.reason == "out_of_stock" and bool(case.on_behalf_of),
    "units_are_missing": lambda case, terms: not _part(case),
    "a_part_is_missing": lambda case, terms: _part(case),
    "can_be_sent": lambda case, terms: case.status == "resend_held" or _part(case),
    "whole_price": lambda case, terms: not _part(case),
    "small_whole": lambda case, terms: not _part(case) and case.refund_minor <= terms.number("decision_supervisor_above"),
    "large_or_part": lambda case, terms: _part(case) or case.refund_minor > terms.number("decision_supervisor_above"),
    # What finance transfers itself no channel is asked for again.
    "channel_can_try": lambda case, terms: CONDITIONS["not_contradicted"](case, terms) and _way(case) != "bank",
    "money_went_back": lambda case, terms: case.outcome == "refunded",
    "late_goods_here": lambda case, terms: _late(case) == "shop",
    "late_goods_there": lambda case, terms: _late(case) == "consumer",
    # A part of the price leaves the goods the consumer's.
    "late_goods_are_ours": lambda case, terms: _late(case) == "shop" and bool((case.details.get("grant") or {}).get("units")),
    "no_compensation_open": lambda case, terms: not case.details.get("beside"),
    "compensation_to_audit": lambda case, terms: bool(case.details.get("beside")),
    "flash_now": lambda case, terms: _flash(case) == "offered" and case.details["flash"]["when"] == "apply",
    "flash_offered": lambda case, terms: _flash(case) == "offered",
    "flash_out": lambda case, terms: _flash(case) == "paid",
    "flash_not_out": lambda case, terms: not _flash_out(case),
    "route_to_choose": lambda case, terms: not case.preview.get("contradicted"),
    "freight_to_claim": lambda case, terms: _freight_to_claim(case),
    "freight_claimed": lambda case, terms: _freight(case) == "claimed",
    "total_loss": lambda case, terms: case.outcome == "unrepairable" and case.fault == "customer" and not case.details.get("plan_money"),
    # A second answer is the last one of this house.
    "never_reopened": lambda case, terms: case.reopened_at is None,
    "has_shop": lambda case, terms: bool(case.merchant_id),
    "answered_once": lambda case, terms: len(case.details.get("answers", ())) == 1,
    "claimed_in_time": lambda case, terms: not _too_late(case, terms=terms),
    "claimed_too_late": lambda case, terms: _too_late(case, terms=terms),
    "page_known": lambda case, terms: any(page.get("specs") for page in (case.details.get("as_sold") or {}).values()),
    "solution_owed": lambda case, terms: _solution_owed(case),
    "ready_untold": lambda case, terms: not case.details.get("ready_told") and not _late_task(case, "ready_contact"),
    "not_late_in_picking": lambda case, terms: not _late_task(case, "picking"),
    "replacement_in_picking": lambda case, terms: _replacement(case) not in ("shipped", "delivered") and not _late_task(case, "picking"),
    "picking_stuck": lambda case, terms: _late_task(case, "picking"),
    "goods_to_confirm": lambda case, terms: not case.goods_received and bool(to_confirm(case)),
    "consumer_lost": lambda case, terms: _consumer_lost(case),
    "shop_lost": lambda case, terms: _shop_lost(case),
    "shop_appeal_open": lambda case, terms: bool(case.details.get("appeal_open")),
    "difference_unsure": lambda case, terms: bool(case.details.get("on_top_unsure")),
    "units_missing": lambda case, terms: any(item.missing for item in case.items),
}
# Conditions that a limit needs all the time; the others are asked once, when it begins.
LASTING = frozenset({
    "rest_to_send", "freight_claimed", "flash_out", "flash_not_out", "compensation_to_audit", "solution_owed", "ready_untold",
    "shop_appeal_open", "difference_unsure",
})  # fmt: skip


def plainly_allowed(case: CaseRow) -> bool:
    """A no-reason return that the policy allows: the book itself may approve it at the limit."""
    return case.reason == "no_reason" and case.verdict == "allow"


def _at_stake(case: CaseRow) -> int:
    """What is decided about: the refund, or in an exchange, which refunds nothing, what the goods have cost."""
    if case.service != "exchange":
        return case.refund_minor
    return sum(item.paid_minor * item.quantity // item.ordered for item in case.items)


def _too_late(case: CaseRow, *, terms: Terms) -> bool:
    """A fault that nobody has seen, claimed after the window of this very remedy: by the book silence grants it nothing.

    Goods that are here were asked for by somebody: then silence counts again.
    """
    if case.service not in ("return", "exchange") or case.verdict != "review" or case.goods_received:
        return False
    until = ((case.decision or {}).get("deadlines") or {}).get(case.service)
    return until is not None and case.submitted_at > datetime.fromisoformat(until) and not terms.value("silence_grants_late_claims")


def _late_task(case: CaseRow, name: str) -> bool:
    """Whether the limit of the task has passed already: it is told once, and stays open until it is done."""
    return name in (case.details.get("tasks") or {})


def _solution_owed(case: CaseRow) -> bool:
    """Whether a person has yet to tell the consumer a solution: of what the book does not approve by itself, each time anew."""
    by_book = plainly_allowed(case) or (bool(case.details.get("promise")) and case.verdict == "allow")
    told = case.details.get("solution") or {}
    return not by_book and not _late_task(case, "solution") and told.get("round") != f"{case.resubmissions}:{case.reopened_at or ''}"


def _phone_or_pc(case: CaseRow) -> bool:
    """Goods whose parts may keep them waiting for 60 days only (L-15, L-16)."""
    return any(item.category in ("phone", "laptop") for item in case.items)


def _replacement(case: CaseRow) -> str:
    """Where the replacement of an exchange stands: asked, held, unavailable, shipped, delivered, or nothing."""
    return str((case.details.get("replacement") or {}).get("state", ""))


def _late_to_ship(case: CaseRow) -> bool:
    """Whether the shop has let its limit for sending the replacement pass."""
    return any(name == "replacement_ship" for name, _ in case.overrun)


def _late(case: CaseRow) -> str:
    """Where goods are that turned up after the refund."""
    return str((case.details.get("late") or {}).get("where", ""))


def _open(case: CaseRow, service: str) -> bool:
    """Whether the decision at application gave this service, too."""
    return (case.decision or {}).get(service) in ("allow", "allow_paid", "review")


def _part(case: CaseRow) -> bool:
    """Whether only an accessory, gift or part of a unit is missing: its worth is not the unit's price."""
    return str(case.details.get("missing", "item")) != "item"


def _flash(case: CaseRow) -> str:
    """How far a refund before the goods is: offered, paid, covered, collecting, paid_back, written_off, or nothing."""
    return str((case.details.get("flash") or {}).get("state", ""))


def _flash_out(case: CaseRow) -> bool:
    return _flash(case) in ("paid", "collecting")


def _freight(case: CaseRow) -> str:
    """How far the claim for the freight of the way back is: claimed, granted, refused, or nothing."""
    return str((case.details.get("freight") or {}).get("state", ""))


def _freight_to_claim(case: CaseRow) -> bool:
    """Sent at the consumer's own cost though another bears the way; once, and once more where it was refused."""
    found = case.details.get("freight") or {}
    open_yet = not found or (found["state"] == "refused" and not found["again"])
    return open_yet and case.freight_payer != "customer" and case.return_method != "pickup"


def _doubt(case: CaseRow) -> int:
    """What of a price protection is paid when nobody decides."""
    return int(case.details.get("doubt") or 0)


def _promised(case: CaseRow) -> int:
    """The amount that the book promised at the application."""
    return int((case.details.get("promise") or {}).get("amount") or 0)


def _way(case: CaseRow) -> str:
    """Where the consumer wanted the refund before it was sent."""
    return str((case.details.get("refund_route") or {}).get("kind", ""))


def _dispute(case: CaseRow) -> dict[str, Any]:
    """What the dispute has kept: rounds, proposal, ruling, appeals."""
    return case.details.get("dispute") or {}


def _consumer_lost(case: CaseRow) -> bool:
    """And the case stands as it was ruled: taken up again, or granted after all, it is another matter."""
    ruling, lost = _dispute(case).get("ruling") or {}, ("", "rejected", "not_accepted", "sent_back", "declined", "denied")
    if ruling.get("for") != "seller" or _dispute(case).get("appeal") or case.outcome not in lost:
        return False
    return case.reopened_at is None or case.reopened_at <= datetime.fromisoformat(ruling["at"])


def _shop_lost(case: CaseRow) -> bool:
    return case.channel != "self" and _ruled_for(case) in ("consumer", "both") and not _dispute(case).get("shop_appeal")


def _ruled_for(case: CaseRow) -> str:
    """For whom the last ruling was: consumer, both, seller, or nobody yet."""
    return str((_dispute(case).get("ruling") or {}).get("for", ""))
