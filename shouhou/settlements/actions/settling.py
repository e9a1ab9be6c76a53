"""A shop's settlement: prepared from the ledger, let go by a second person, paid or carried over."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from django.db import connection, transaction

from shouhou.foundation.ids import new_number
from shouhou.foundation.refusals import refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.merchants.models import Merchant
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.settlements.actions.accounts import keeper, locked, merchant_by, watch_deposit
from shouhou.settlements.actions.deposits import top_up
from shouhou.settlements.actions.paying import enqueue_payout, hold_payout
from shouhou.settlements.actions.selling import keep_holds, post_sales
from shouhou.settlements.events import SETTLEMENT_RELEASED, announce
from shouhou.settlements.models import MerchantAccount, Payout, SettledPosting, Settlement
from shouhou.settlements.queries.money import CURRENCY, OWN, currencies, own_accounts, shop_money
from shouhou.settlements.refusals import (
    MONEY_SECOND_PERSON,
    PAYEE_MISSING,
    SETTLEMENT_NOT_SO,
    SETTLEMENT_OPEN,
    SETTLEMENT_OUT_OF_DATE,
    SETTLEMENT_UNKNOWN,
)
from shouhou.settlements.rules import Line, part_of, summed, to_pay

OPEN = ("prepared", "paying", "failed")
OFFLINE = "offline"
Progress = Callable[[int, int | None], None]


def prepare_settlement(code: str, *, actor: Actor, now: datetime, currency: str = CURRENCY) -> Settlement:
    """Everything of the shop's in the currency that stands in no settlement yet, up to this moment. Raises FORBIDDEN, MERCHANT_UNKNOWN,
    SETTLEMENT_OPEN while an earlier one is not done."""
    if actor.role != "system":
        keeper(actor)
    with transaction.atomic():
        merchant = merchant_by(code)
        account = locked(merchant.pk)
        still = Settlement.objects.filter(merchant=merchant, currency=currency, state__in=OPEN).first()
        if still is not None:
            raise refused(SETTLEMENT_OPEN, number=still.number)
        return _prepare(merchant, account, currency=currency, by=actor.who, now=now)


def prepare_all(*, now: datetime, progress: Progress | None = None) -> list[str]:
    """The run of the month: one settlement for every shop and currency that has anything to settle and none open; their numbers.
    A deposit that was never paid in is told then, too."""
    made: list[str] = []
    shops = list(Merchant.objects.order_by("pk"))
    for place, merchant in enumerate(shops, 1):
        if progress:
            progress(place, len(shops))
        with transaction.atomic():
            account = locked(merchant.pk)
            watch_deposit(merchant, account, now=now)
            post_sales(merchant.pk, now=now)
            for currency in currencies(merchant.pk):
                still = Settlement.objects.filter(merchant=merchant, currency=currency, state__in=OPEN)
                if not still.exists() and _open_lines(merchant.pk, currency):
                    made.append(_prepare(merchant, account, currency=currency, by=SYSTEM.who, now=now).number)
    return made


def withdraw_settlement(number: str, *, actor: Actor, now: datetime) -> None:
    """It was not let go: its lines are free for the next one. Raises FORBIDDEN, SETTLEMENT_UNKNOWN, SETTLEMENT_NOT_SO."""
    keeper(actor)
    with transaction.atomic():
        row = locked_settlement(number, states=("prepared",))
        SettledPosting.objects.filter(settlement=row).delete()
        row.state, row.ended_at = "withdrawn", now
        row.save(update_fields=["state", "ended_at"])


def release_settlement(number: str, *, actor: Actor, now: datetime) -> None:
    """The second person lets it go: the payment is instructed with a key of its own. Raises FORBIDDEN, SETTLEMENT_UNKNOWN,
    SETTLEMENT_NOT_SO, MONEY_SECOND_PERSON, SETTLEMENT_OUT_OF_DATE, PAYEE_MISSING."""
    keeper(actor)
    with transaction.atomic():
        row = locked_settlement(number, states=("prepared",))
        if row.prepared_by == actor.who:
            raise refused(MONEY_SECOND_PERSON)
        money = shop_money(row.merchant_id, currency=row.currency)
        if money.free_minor < row.payout_minor:
            raise refused(SETTLEMENT_OUT_OF_DATE)
        account = locked(row.merchant_id)
        if account.payout_channel != OFFLINE and not (account.payee and account.payee_account):
            raise refused(PAYEE_MISSING)
        for path, amount in money.incomes:
            if amount > 0:
                ledger.post(
                    recipes.income_settled(merchant=row.merchant_id, account=path, amount_minor=amount), recipe="income_settled",
                    subject=row.number, currency=row.currency, key=f"income:{row.number}:{path.rpartition(':')[2]}", by=actor.who, now=now,
                )  # fmt: skip
        payout = Payout.objects.create(
            settlement=row, channel=account.payout_channel, payee=account.payee, payee_account=account.payee_account,
            amount_minor=row.payout_minor, currency=row.currency, idempotency_key=uuid4(), updated_at=now,
        )  # fmt: skip
        hold_payout(payout, row, by=actor.who, now=now)
        row.state, row.released_by, row.released_at = "paying", actor.who, now
        row.save(update_fields=["state", "released_by", "released_at"])
        data = {"number": row.number, "amount_minor": row.payout_minor, "currency": row.currency}
        announce(SETTLEMENT_RELEASED, subject=row.number, merchant_id=row.merchant_id, data=data, now=now)
        if payout.channel != OFFLINE:
            enqueue_payout(payout.pk)


def locked_settlement(number: str, *, states: tuple[str, ...]) -> Settlement:
    """Under the shop's lock. Raises SETTLEMENT_UNKNOWN, SETTLEMENT_NOT_SO."""
    merchant_id = Settlement.objects.filter(number=number).values_list("merchant_id", flat=True).first()
    if merchant_id is None:
        raise refused(SETTLEMENT_UNKNOWN, number=number)
    locked(merchant_id)
    row = Settlement.objects.select_related("merchant").get(number=number)
    if row.state not in states:
        raise refused(SETTLEMENT_NOT_SO, number=number, state=dict(Settlement.STATES)[row.state])
    return row


def _prepare(merchant: Merchant, account: MerchantAccount, *, currency: str, by: str, now: datetime) -> Settlement:
    number = new_number("ST")
    post_sales(merchant.pk, now=now)
    keep_holds(merchant.pk, now=now)
    if currency == CURRENCY:  # The deposit is kept in it.
        top_up(merchant, account, key=number, by=by, now=now)
    last = Settlement.objects.filter(merchant=merchant, currency=currency).exclude(state="withdrawn").order_by("-id").first()
    lines = _open_lines(merchant.pk, currency)
    money = shop_money(merchant.pk, currency=currency)
    parts = summed(Line(part, amount) for _, part, amount in lines)
    change = sum(parts.values())
    # What was settled earlier and not paid out; by the lines themselves, so that a refund booked at this very moment is the
    # next settlement's, and nobody's sum is wrong.
    carried = _settled_before(merchant.pk, currency)
    balance = carried + change
    payout = to_pay(balance, reserved_minor=money.reserved_minor)
    made = Settlement.objects.create(
        number=number, merchant=merchant, currency=currency, state="prepared" if payout else "carried",
        from_at=last.upto_at if last else None, upto_at=now, carried_in_minor=carried, parts=parts, balance_minor=balance,
        reserved_minor=money.reserved_minor, payout_minor=payout, prepared_by=by, prepared_at=now, ended_at=None if payout else now,
    )  # fmt: skip
    SettledPosting.objects.bulk_create(
        [SettledPosting(posting_id=posting, settlement=made, category=part, amount_minor=amount) for posting, part, amount in lines],
        batch_size=1000,
    )
    return made


def _open_lines(merchant_id: int, currency: str) -> list[tuple[int, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(OPEN_LINES, {**own_accounts(merchant_id), "currency": currency})
        return [
            (posting, part_of(recipe, source=source, destination=destination), int(amount))
            for posting, source, destination, recipe, amount in cursor.fetchall()
        ]


def _settled_before(merchant_id: int, currency: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, [merchant_id, currency])
        return int(cursor.fetchone()[0])


OPEN_LINES = f"""
SELECT id, source, destination, recipe, amount FROM ({OWN}) own
WHERE NOT EXISTS (SELECT 1 FROM settlements_settledposting s WHERE s.posting_id = own.id) ORDER BY id
"""  # noqa: S608
BEFORE = """
SELECT coalesce(sum(s.amount_minor), 0) FROM settlements_settledposting s JOIN settlements_settlement st ON st.id = s.settlement_id
WHERE st.merchant_id = %s AND st.currency = %s
"""
