"""Return addresses of a shop: a case keeps what its buyer was told, so a changed address is a new row."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from shouhou.foundation.refusals import NOT_FOUND, refusal, refused
from shouhou.merchants.actions.shop import managed_shop
from shouhou.merchants.models import Merchant, ReturnAddress
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor

ADDRESSES_MAX = 30
ADDRESS_IS_DEFAULT = refusal(
    "ADDRESS_IS_DEFAULT", "conflict",
    zh="默认退货地址不能停用。请先把另一个地址设为默认。",
    en="The default return address cannot be switched off. Make another one the default first.",
)  # fmt: skip
ADDRESSES_FULL = refusal(
    "ADDRESSES_FULL", "conflict",
    zh="最多保留 {most} 个退货地址，请先停用不用的。", en="At most {most} return addresses. Switch off one that is not used.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """Where goods go back to: a true address with a person and a phone (L-03 art. 11)."""

    label: str
    contact: str
    phone: str
    region: str
    address: str


def add_address(facts: AddressFacts, *, actor: Actor, now: datetime) -> int:
    """The new address's id; the first one is the default. Raises FORBIDDEN, ADDRESSES_FULL."""
    with transaction.atomic():
        shop = managed_shop(actor)
        living = ReturnAddress.objects.filter(merchant=shop, active=True)
        if living.count() >= ADDRESSES_MAX:
            raise refused(ADDRESSES_FULL, most=ADDRESSES_MAX)
        made = ReturnAddress.objects.create(merchant=shop, is_default=not living.filter(is_default=True).exists(), **asdict(facts))
        _note(actor, "added", made, now=now)
        return made.pk


def change_address(address_id: int, facts: AddressFacts, *, actor: Actor, now: datetime) -> int:
    """The id that new cases are told from now on; the old row stays for those that were told it. Raises FORBIDDEN, NOT_FOUND."""
    with transaction.atomic():
        old = _living(managed_shop(actor), address_id)
        if all(getattr(old, name) == value for name, value in asdict(facts).items()):
            return old.pk
        was_default, old.is_default, old.active = old.is_default, False, False
        old.save(update_fields=["is_default", "active"])
        made = ReturnAddress.objects.create(merchant_id=old.merchant_id, is_default=was_default, **asdict(facts))
        _note(actor, f"replaces {old.pk}", made, now=now)
        return made.pk


def make_default(address_id: int, *, actor: Actor, now: datetime) -> None:
    """New cases go there. Raises FORBIDDEN, NOT_FOUND."""
    with transaction.atomic():
        chosen = _living(managed_shop(actor), address_id)
        if not chosen.is_default:
            ReturnAddress.objects.filter(merchant_id=chosen.merchant_id, is_default=True).update(is_default=False)
            chosen.is_default = True
            chosen.save(update_fields=["is_default"])
            _note(actor, "default", chosen, now=now)


def switch_off(address_id: int, *, actor: Actor, now: datetime) -> None:
    """No new case goes there. Raises FORBIDDEN, NOT_FOUND, ADDRESS_IS_DEFAULT."""
    with transaction.atomic():
        chosen = _living(managed_shop(actor), address_id)
        if chosen.is_default:
            raise refused(ADDRESS_IS_DEFAULT)
        chosen.active = False
        chosen.save(update_fields=["active"])
        _note(actor, "off", chosen, now=now)


def _living(shop: Merchant, address_id: int) -> ReturnAddress:
    found = ReturnAddress.objects.filter(merchant=shop, pk=address_id, active=True).first()
    if found is None:
        raise refused(NOT_FOUND)
    return found


def _note(actor: Actor, detail: str, address: ReturnAddress, *, now: datetime) -> None:
    audit.note(actor, what="return_address.changed", subject=str(address), detail=f"{address.pk}: {detail}", now=now)
