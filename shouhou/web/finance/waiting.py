"""Money that waits for somebody: what each desk of finance counts. A desk adds its own count to FIGURES."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.urls import reverse

from shouhou.foundation.workflow import Text
from shouhou.insurance.queries import counts as claim_counts
from shouhou.payments.models import Charge
from shouhou.payments.reconciliation.queries import troubled
from shouhou.payments.reconciliation.queries import waiting as differences
from shouhou.payments.refund_list import batches_waiting, contradicted_count, counted, invoices_waiting
from shouhou.payments.wrong_queries import overpaid_waiting, wrong_charges
from shouhou.plumbing.actor import Actor
from shouhou.settlements.models import MerchantAccount, Recharge, Settlement
from shouhou.settlements.queries.money import shop_money
from shouhou.web.finance.filters import RefundFilters
from shouhou.web.page import said


@dataclass(frozen=True, slots=True)
class Figure:
    """How much waits, and where it is worked: `sums` are amounts in minor units by currency; `bad` wants a look today."""

    label: str
    address: str
    count: int
    sums: tuple[tuple[str, int], ...] = ()
    bad: bool = False


SHOPS_MOST = 200
Counting = Callable[[Actor, datetime], Figure | None]


def _refunds(words: Text, filters: RefundFilters, *, bad: bool = False) -> Counting:
    def figure(actor: Actor, now: datetime) -> Figure:
        count, sums = counted(filters.narrowed(now))
        return Figure(said(words), reverse("web:finance_refunds") + filters.address(), count, sums, bad and count > 0)

    return figure


def _contradicted(actor: Actor, now: datetime) -> Figure:
    count = contradicted_count()
    address = reverse("web:stuck_refunds") + "?only=contradicted"
    return Figure(said(Text("渠道说法与账不符", "Contradicted by the channel")), address, count, bad=count > 0)


def _late_charges(actor: Actor, now: datetime) -> Figure:
    late = Charge.objects.filter(state="refunding")
    address = reverse("web:finance_refunds") + RefundFilters(reason="paid_late").address()
    return Figure(said(Text("逾期付款退回中", "Paid too late, going back")), address, late.count())


def _invoices(actor: Actor, now: datetime) -> Figure:
    count, sums = invoices_waiting()
    return Figure(said(Text("待开发票", "Invoices to make out")), reverse("web:finance_invoices"), count, sums)


def _batches(actor: Actor, now: datetime) -> Figure:
    waiting = batches_waiting()
    return Figure(
        said(Text("批次待复核", "Batches to check")), reverse("web:finance_batches") + "?state=drafted", waiting.get("drafted", 0)
    )


def _at_bank(actor: Actor, now: datetime) -> Figure:
    waiting = batches_waiting()
    return Figure(
        said(Text("批次待银行回单", "Batches at the bank")), reverse("web:finance_batches") + "?state=released", waiting.get("released", 0)
    )


def _differences(actor: Actor, now: datetime) -> Figure:
    rows = differences()
    count = sum(row.count for row in rows)
    sums = tuple((row.currency, row.amount_minor) for row in rows)
    return Figure(said(Text("对账差异", "Reconciliation differences")), reverse("web:finance_reconciliation"), count, sums, count > 0)


def _wrong_charges(actor: Actor, now: datetime) -> Figure:
    count = wrong_charges().count()
    return Figure(said(Text("渠道收款与付款单不符", "Charged another amount")), reverse("web:finance_wrong"), count, bad=count > 0)


def _overpaid(actor: Actor, now: datetime) -> Figure:
    count, sums, idle = overpaid_waiting()
    return Figure(said(Text("渠道多退待追回", "Overpaid, to be had back")), reverse("web:finance_wrong"), count, sums, bad=idle)


def _unfetched(actor: Actor, now: datetime) -> Figure:
    count = troubled().count()
    return Figure(said(Text("未取到的对账单", "Statements not to be had")), reverse("web:finance_channel_statements"), count, bad=count > 0)


def _claims(actor: Actor, now: datetime) -> Figure:
    late = claim_counts(actor, now=now)["late"]
    return Figure(said(Text("保险理赔超时", "Insurers' claims overdue")), reverse("web:finance_claims"), late, bad=late > 0)


def _appeals(actor: Actor, now: datetime) -> Figure:
    waiting = Recharge.objects.filter(state="appealed")
    late = waiting.filter(decide_until__lt=now).exists()
    address = reverse("web:finance_recharges") + "?state=appealed"
    return Figure(said(Text("商家申诉待裁决", "Shops' appeals")), address, waiting.count(), bad=late)


def _settlements(actor: Actor, now: datetime) -> Figure:
    states = dict(Settlement.objects.filter(state__in=("prepared", "failed")).values_list("state").annotate(n=Count("id")))
    failed = states.get("failed", 0)
    count = failed + states.get("prepared", 0)
    return Figure(said(Text("商家结算待处理", "Merchants' settlements")), reverse("web:finance_settlements"), count, bad=failed > 0)


def _shops(actor: Actor, now: datetime) -> Figure:
    """Shops whose sales are settled here and that owe the platform by now."""
    owing: dict[str, int] = {}
    count = 0
    for account in MerchantAccount.objects.exclude(sales_since=None).order_by("pk")[:SHOPS_MOST]:
        money = shop_money(account.pk)
        if money.balance_minor < 0:
            count, owing[money.currency] = count + 1, owing.get(money.currency, 0) - money.balance_minor
    words = said(Text("商家余额为负", "Shops below zero"))
    return Figure(words, reverse("web:finance_merchants"), count, tuple(owing.items()), count > 0)


FIGURES: Sequence[Counting] = (
    _refunds(Text("待第二人复核", "Await the second person"), RefundFilters(state="awaiting_second")),
    _refunds(Text("异常退款", "Stuck or refused"), RefundFilters(state="trouble"), bad=True),
    _contradicted,
    _refunds(Text("24 小时内到期", "Due within 24 h"), RefundFilters(due="soon")),
    _refunds(Text("已超时", "Overdue"), RefundFilters(due="overdue"), bad=True),
    _late_charges, _batches, _at_bank, _invoices, _differences, _wrong_charges, _overpaid, _unfetched, _claims, _appeals, _settlements,
)  # fmt: skip
