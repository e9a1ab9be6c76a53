"""Reading wrong amounts: charges of which a channel took another amount, and what channels paid out too much."""

from collections.abc import Sequence

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from shouhou.payments.models import Charge, ChargeAttempt, ChargeSettlement, Overpayment

SEEN = "other amount"
TO_DO = ("open", "asked", "proposed")
Sums = tuple[tuple[str, int], ...]


def wrong_charges() -> QuerySet[Charge]:
    """Charges that wait for finance to say what was really taken, the longest waiting first; `said` is what the channel told."""
    told = ChargeAttempt.objects.filter(charge=OuterRef("pk"), round=OuterRef("round"), outcome=SEEN).order_by("-id")
    found = Charge.objects.filter(Exists(told), paid_at=None).filter(Q(open_there=True) | Q(state="awaiting"))
    proposed = ChargeSettlement.objects.filter(charge=OuterRef("pk"), state="proposed")
    found = found.annotate(said=Subquery(told.values("detail")[:1]), proposed=Exists(proposed))
    return found.select_related("merchant").order_by("updated_at", "id")


def told_minor(detail: str) -> int | None:
    """The amount that the channel told, as the try keeps it ("18100 ≠ 18000"); None where it told none."""
    first = detail.partition(" ")[0]
    return int(first) if first.isascii() and first.isdigit() else None


def settlements_of(charge: Charge) -> Sequence[ChargeSettlement]:
    """What was proposed and done about it, oldest first."""
    return list(ChargeSettlement.objects.filter(charge=charge).order_by("id"))


def overpayments(*, states: Sequence[str], text: str = "") -> QuerySet[Overpayment]:
    """In no order yet; `text` is a refund, a case or an order as somebody typed it."""
    found = Overpayment.objects.select_related("refund__merchant", "refund__order", "charge")
    if states:
        found = found.filter(state__in=states)
    if text:
        found = found.filter(Q(refund__number=text) | Q(refund__subject=text) | Q(refund__order__number=text))
    return found


def overpaid_waiting() -> tuple[int, Sums, bool]:
    """How many wait for finance or the buyer, how much by currency, and whether one waits for finance itself."""
    rows = list(Overpayment.objects.filter(state__in=TO_DO).values("currency").annotate(n=Count("id"), sum=Sum("amount_minor")))
    ours = Overpayment.objects.filter(Q(state__in=("open", "proposed")) | (Q(state="asked") & ~Q(charge__state=F("state"))))
    idle = ours.exclude(charge__state="awaiting").exists()
    return sum(row["n"] for row in rows), tuple((row["currency"], int(row["sum"])) for row in rows), idle
