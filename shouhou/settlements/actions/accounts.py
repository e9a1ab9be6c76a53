"""A shop's settings for its money, and the lock that everything about one shop's money takes first."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.merchants.models import Merchant
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.settlements.events import DEPOSIT_LOW, announce
from shouhou.settlements.models import MerchantAccount
from shouhou.settlements.queries.money import CURRENCY, security_of, shop_money
from shouhou.settlements.refusals import MERCHANT_UNKNOWN

KEEPERS = frozenset({"finance", "supervisor"})
NAME_MOST, ACCOUNT_MOST = 120, 60


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What the contract says: whether the platform pays out the sales, how much security, and where it is paid to."""

    settles_sales: bool
    required_minor: int | None
    payout_channel: str
    payee: str
    payee_account: str


def keep_account(code: str, facts: AccountFacts, *, actor: Actor, now: datetime) -> None:
    """The shop's settings from now on. Raises FORBIDDEN, MERCHANT_UNKNOWN."""
    keeper(actor)
    with transaction.atomic():
        merchant = merchant_by(code)
        account = locked(merchant.pk)
        before = _said(account)
        # Orders placed before the platform took the sales over were paid out elsewhere.
        account.sales_since = (account.sales_since or now) if facts.settles_sales else None
        account.required_minor, account.payout_channel = facts.required_minor, facts.payout_channel
        account.payee, account.payee_account = facts.payee.strip()[:NAME_MOST], facts.payee_account.strip()[:ACCOUNT_MOST]
        if _said(account) == before:
            return
        account.updated_by, account.updated_at = actor.who, now
        account.save()
        # The account number itself is not for the log.
        detail = ", ".join(f"{name}={value}" for name, value in asdict(facts).items() if name != "payee_account")
        audit.note(actor, what="merchant.money", subject=merchant.code, detail=detail, now=now)
        watch_deposit(merchant, account, now=now)


def keeper(actor: Actor) -> None:
    """Finance of the house. Raises FORBIDDEN."""
    if actor.role not in KEEPERS or actor.merchant_id is not None:
        raise refused(FORBIDDEN, roles=sorted(KEEPERS))


def merchant_by(code: str) -> Merchant:
    """Raises MERCHANT_UNKNOWN."""
    found = Merchant.objects.filter(code=code).first()
    if found is None:
        raise refused(MERCHANT_UNKNOWN, code=code)
    return found


def locked(merchant_id: int) -> MerchantAccount:
    """The shop's account row under its lock: two decisions about one shop's money come one after the other."""
    MerchantAccount.objects.get_or_create(merchant_id=merchant_id)
    return MerchantAccount.objects.select_for_update(no_key=True).get(merchant_id=merchant_id)


def watch_deposit(merchant: Merchant, account: MerchantAccount, *, now: datetime) -> None:
    """Tell a shop once that its deposit is low; when it has recovered the next time is news again."""
    money = shop_money(merchant.pk)
    security = security_of(merchant, money, now=now)
    if security.low and account.low_since is None:
        account.low_since = now
        account.save(update_fields=["low_since"])
        data = {"balance_minor": security.deposit_minor, "required_minor": security.required_minor, "currency": CURRENCY}
        announce(DEPOSIT_LOW, subject=f"shop:{merchant.code}"[:60], merchant_id=merchant.pk, data=data, now=now)
    elif not security.low and account.low_since is not None:
        account.low_since = None
        account.save(update_fields=["low_since"])


def _said(account: MerchantAccount) -> tuple[object, ...]:
    return account.sales_since, account.required_minor, account.payout_channel, account.payee, account.payee_account
