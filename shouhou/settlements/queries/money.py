"""What a shop is owed, has as security and has held, by the ledger."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from shouhou.ledger.chart import MERCHANT_DEPOSIT, MERCHANT_HELD, MERCHANT_PAYABLE
from shouhou.ledger.queries import balances
from shouhou.merchants.models import Merchant
from shouhou.settlements.models import MerchantAccount
from shouhou.settlements.terms import required_deposit, warning_level

CURRENCY = "CNY"


@dataclass(frozen=True, slots=True)
class ShopMoney:
    """One currency of a shop, in minor units. `balance_minor` is what is owed to it (below zero: by it), all accounts of its
    own together; `reserved_minor` is what refunds under way will still take; `incomes` are the accounts beside the payable
    one that hold something."""

    currency: str
    balance_minor: int
    reserved_minor: int
    deposit_minor: int
    held_minor: int
    incomes: tuple[tuple[str, int], ...]

    @property
    def free_minor(self) -> int:
        return self.balance_minor - self.reserved_minor


@dataclass(frozen=True, slots=True)
class Security:
    """The deposit against what it has to be; `low`: the shop is to top it up."""

    deposit_minor: int
    required_minor: int
    low: bool

    @property
    def missing_minor(self) -> int:
        return max(0, self.required_minor - self.deposit_minor)


def shop_money(merchant_id: int, *, currency: str = CURRENCY) -> ShopMoney:
    """By the ledger as it stands."""
    payable, deposit, held = (
        family.of(merchant=merchant_id) for family in (MERCHANT_PAYABLE, MERCHANT_DEPOSIT, MERCHANT_HELD)
    )
    found = {row.account: row for row in balances(prefix=f"merchant:{merchant_id}:") if row.currency == currency}
    own = {path: row for path, row in found.items() if path not in (deposit, held)}
    return ShopMoney(
        currency=currency, balance_minor=sum(row.posted_minor for row in own.values()),
        reserved_minor=max(0, -sum(row.pending_minor for row in own.values())),
        deposit_minor=found[deposit].posted_minor + min(0, found[deposit].pending_minor) if deposit in found else 0,
        held_minor=found[held].posted_minor if held in found else 0,
        incomes=tuple((path, row.posted_minor) for path, row in sorted(own.items()) if path != payable and row.posted_minor),
    )  # fmt: skip


def currencies(merchant_id: int) -> list[str]:
    """What the shop has money in, the house's own currency first."""
    found = {row.currency for row in balances(prefix=f"merchant:{merchant_id}:")}
    return [CURRENCY, *sorted(found - {CURRENCY})]


def account_of(merchant_id: int) -> MerchantAccount:
    """The shop's settings; the defaults where it has none."""
    return MerchantAccount.objects.filter(merchant=merchant_id).first() or MerchantAccount(merchant_id=merchant_id)


def security_of(merchant: Merchant, money: ShopMoney, *, now: datetime) -> Security:
    required = required_deposit(merchant, account_of(merchant.pk), now=now)
    low = money.deposit_minor < warning_level(required, now=now)
    return Security(money.deposit_minor, required, low)


def proof_of(merchant_id: int, *, currency: str = CURRENCY) -> int:
    """What the ledger says less what settlements and the lines still to be settled come to: zero, always."""
    with connection.cursor() as cursor:
        cursor.execute(PROOF, {"shop": merchant_id, "currency": currency})
        ledger, settled, open_lines = cursor.fetchone()
    return int(ledger) - int(settled) - int(open_lines)


# The postings of a shop's own accounts (payable, deductions, income), each once: what it changes for the shop.
OWN = """
SELECT p.id, p.source, p.destination, p.currency, t.recipe, t.subject, t.at, t.id AS transfer,
    CASE WHEN p.destination ~ %(own)s THEN p.amount_minor ELSE -p.amount_minor END AS amount
FROM ledger_posting p JOIN ledger_transfer t ON t.id = p.transfer_id
WHERE t.phase = 'posted' AND p.currency = %(currency)s
  AND (p.source LIKE %(prefix)s OR p.destination LIKE %(prefix)s)
  AND (p.source ~ %(own)s) <> (p.destination ~ %(own)s)
"""
PROOF = """
WITH own AS (
    SELECT p.id, CASE WHEN p.destination LIKE 'merchant:' || %(shop)s || ':%%' AND p.destination !~ ':(deposit|held)$'
        THEN p.amount_minor ELSE 0 END
      - CASE WHEN p.source LIKE 'merchant:' || %(shop)s || ':%%' AND p.source !~ ':(deposit|held)$'
        THEN p.amount_minor ELSE 0 END AS amount
    FROM ledger_posting p JOIN ledger_transfer t ON t.id = p.transfer_id WHERE t.phase = 'posted' AND p.currency = %(currency)s
)
SELECT coalesce(sum(amount), 0),
    (SELECT coalesce(sum(s.amount_minor), 0) FROM settlements_settledposting s
     JOIN settlements_settlement st ON st.id = s.settlement_id
     WHERE st.merchant_id = %(shop)s AND st.currency = %(currency)s),
    coalesce(sum(amount) FILTER (WHERE NOT EXISTS (SELECT 1 FROM settlements_settledposting s WHERE s.posting_id = own.id)), 0)
FROM own
"""


def own_accounts(merchant_id: int) -> dict[str, str]:
    """The parameters of OWN that say which accounts are the shop's own."""
    return {"own": f"^merchant:{merchant_id}:(payable|deductions|income:[^:]+)$", "prefix": f"merchant:{merchant_id}:%"}
