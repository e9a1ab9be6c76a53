"""Stated facts of the groups `eligibility` and `receipt` answered by the book and the receipt ladder."""

from collections.abc import Mapping

from shouhou.foundation.days import SHANGHAI, Calendar
from shouhou.orders.receipt import Manual, ParcelFacts, Receipt, receipt_of
from shouhou.policy.compiler import CompiledBook
from shouhou.policy.decide import Decision, decide
from shouhou.policy.library import shipped
from shouhou.policy.prepare import prepare
from shouhou.policy.rules.warranty import Repair, Warranty
from shouhou.policy.stated import Stated, instant
from shouhou.policy.vocabulary import FactValue

DEFAULTS: dict[str, object] = {
    "policy": "std-1", "channel": "self", "category": "generic", "member": "none",
    "order": {"excludable_by_nature": False, "confirmed_no_return": False, "promised_no_reason": False},
    "receipt": {"carrier": "jd", "signed_at": "2025-03-10T15:00:00+08:00"},
    "warranty": {"start": "2025-03-10", "repairs": []},
    "goods": {
        "opened": False, "used": False, "activated": False, "seal": "intact", "tag": "intact", "soiled": False,
        "accessories": "complete", "gift": "none", "label": "ok", "serial": "match", "packaging": "ok",
        "unrelated_damage": False,
    },
    "defect": {"status": "none", "cause": "none", "repairable": True},
    "proof": {"invoice": "present", "warranty_card": "present", "order_record": "present"},
    "site": {"in_own_area": True, "force_majeure": False},
    "insurance": {"freight": False, "plans": []},
}  # fmt: skip
"""What a vector that says nothing means (`defaults` of the public vectors)."""
WORDS_OF: dict[str, tuple[str, str]] = {
    "seal": ("intact", "broken"), "tag": ("intact", "removed"), "accessories": ("complete", "missing"),
    "label": ("ok", "tampered"), "serial": ("match", "mismatch"),
}  # fmt: skip
"""Conditions with a good word; whatever else is said means the other one."""


def merged(facts: Mapping[str, object], defaults: Mapping[str, object]) -> dict[str, object]:
    """`facts` laid over `defaults`, deep; lists and nulls replace."""
    result = dict(defaults)
    for key, value in facts.items():
        under = result.get(key)
        result[key] = merged(value, under) if isinstance(value, Mapping) and isinstance(under, Mapping) else value
    return result


def receipt_answer(vector: Mapping[str, object]) -> dict[str, object]:
    """receipt_date, source, task. Raises BASIS_REQUIRED."""
    receipt = read_receipt(Stated(merged(vector, DEFAULTS)).part("receipt"))
    return {
        "receipt_date": receipt.received_on.isoformat() if receipt.received_on else None,
        "source": receipt.source, "task": receipt.task,
    }  # fmt: skip


def eligibility_answer(vector: Mapping[str, object]) -> dict[str, object]:
    """Verdicts, reasons, deadlines, freight, pickup, hint, tasks and the receipt behind them."""
    decision, receipt = eligibility_decision(vector)
    answer = decision.as_dict()
    answer["receipt_date"] = receipt.received_on.isoformat() if receipt.received_on else None
    answer["receipt_source"] = receipt.source
    return answer


def eligibility_decision(vector: Mapping[str, object]) -> tuple[Decision, Receipt]:
    """The decision itself, for explanation and storing. Raises UNKNOWN_BOOK, UNKNOWN_REASON, BAD_FACT, BASIS_REQUIRED."""
    stated = Stated(merged(vector, DEFAULTS))
    book = book_of(stated, stated.calendar())
    receipt = read_receipt(stated.part("receipt"))
    defect, insurance = stated.part("defect"), stated.part("insurance")
    plans, plan_months = _plans(insurance)
    facts = prepare(
        book=book, at=stated.at("at"), received_on=receipt.received_on, reason=stated.word("reason"),
        channel=stated.word("channel"), category=stated.word("category"), stated=_facts(stated, defect),
        warranty=_warranty(stated.part("warranty"), plan_months), plans=plans,
        imei_factory_on=stated.part("proof").day_or_none("imei_factory_date"),
    )  # fmt: skip
    return decide(facts, book=book), receipt


def book_of(stated: Stated, calendar: Calendar) -> CompiledBook:
    """The shipped book the facts name, with the holidays they state."""
    version = stated.word("policy_version") if "policy_version" in stated else None
    return shipped(stated.word("policy"), version).on(calendar)


def read_receipt(stated: Stated) -> Receipt:
    carrier = stated.word("carrier", "other")
    if "parcels" in stated:
        parcels = [_parcel(entry, carrier, stated) for entry in stated.entries("parcels")]
    else:
        parcels = [_parcel(stated.facts, carrier, stated)]
    given, manual = stated.part("manual"), None
    if "manual" in stated:
        manual = Manual(given.day(given.first("date", "received_on")), given.words("basis"))
    return receipt_of(parcels, manual=manual, zone=SHANGHAI)


def _parcel(entry: object, carrier: str, stated: Stated) -> ParcelFacts:
    """A parcel: the instant of its signature, or its carrier facts."""
    if not isinstance(entry, Mapping):
        return ParcelFacts(carrier, signed_at=instant(entry, stated.wrong("parcels")))
    facts = Stated(entry, stated.path)
    return ParcelFacts(
        facts.word("carrier", carrier), facts.at_or_none("signed_at"), facts.at_or_none("arrived_at"),
        facts.word("arrival_kind", "-"),
    )  # fmt: skip


def _facts(stated: Stated, defect: Stated) -> dict[str, FactValue]:
    goods, order, proof, site = (stated.part(key) for key in ("goods", "order", "proof", "site"))
    found: dict[str, FactValue] = {
        name: goods.flag(name) if name in goods else None
        for name in ("opened", "used", "activated", "soiled", "unrelated_damage")
    }
    for name, (good, other) in WORDS_OF.items():
        found[name] = None if name not in goods else good if goods.word(name) == good else other
    packaging = goods.word("packaging", "ok")
    found |= {
        "packaging": packaging if packaging in ("ok", "missing") else "damaged",
        "gift": _one_of(goods, "gift", ("none", "returned", "kept")),
        "member": stated.word("member"),
        "excludable_by_nature": order.flag("excludable_by_nature", False),
        "confirmed_no_return": order.flag("confirmed_no_return", False),
        "promised_no_reason": order.flag("promised_no_reason", False),
        "defect_status": defect.word("status"), "defect_cause": defect.word("cause") if "cause" in defect else None,
        "defect_fault": defect.word("fault") if "fault" in defect else None,
        "unrepairable": not defect.flag("repairable") if "repairable" in defect else None,
        "invoice": proof.word("invoice", "absent"), "warranty_card": proof.word("warranty_card", "absent"),
        "order_record": "present" if proof.word("order_record", "absent") == "present" else "absent",
        "in_own_area": site.flag("in_own_area") if "in_own_area" in site else None,
        "force_majeure": site.flag("force_majeure", False),
    }  # fmt: skip
    return found


def _one_of(stated: Stated, key: str, words: tuple[str, ...]) -> str | None:
    """The word when it is one the vocabulary knows, else unknown."""
    word = stated.word(key, "-")
    return word if word in words else None


def _plans(insurance: Stated) -> tuple[tuple[str, ...], int]:
    """The plans' names and the months an extended warranty adds (12 when it does not say)."""
    names: list[str] = []
    months = 0
    for entry in insurance.entries("plans"):
        plan = Stated(entry if isinstance(entry, Mapping) else {"type": entry}, "insurance.plans.")
        name = plan.word(plan.first("type", "kind", "plan"))
        if name.startswith("extended"):
            stated_months = plan.number(plan.first("months", "extended_months"), 12)
            months += int(name.rpartition("_")[2]) if name.rpartition("_")[2].isdigit() else stated_months
            name = "extended"
        names.append(name)
    return tuple(names), months


def _warranty(stated: Stated, plan_months: int) -> Warranty:
    repairs = tuple(
        Repair(
            repair.day("in"), repair.day_or_none("out"), repair.word("fault") if "fault" in repair else None,
            "parts" if "part" in repair.word("cause_of_delay", "repairer") else "repairer",
        )
        for repair in stated.parts("repairs")
    )  # fmt: skip
    return Warranty(
        start=stated.day_or_none("start"),
        installed=stated.day_or_none(stated.like("install")),
        replaced=stated.day_or_none(stated.like("replac", "exchang")),
        repairs=repairs, extended_months=stated.number("extended_months", 0) or plan_months,
    )  # fmt: skip
