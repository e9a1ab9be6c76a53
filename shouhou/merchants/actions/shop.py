"""What a shop decides about itself."""

from datetime import datetime

from django.db import transaction

from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.merchants.models import Merchant
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor


def change_shop(*, auto_review: bool, actor: Actor, now: datetime) -> None:
    """Whether what the policy plainly allows is approved at once. Raises FORBIDDEN for all but the shop's managers."""
    with transaction.atomic():
        shop = managed_shop(actor)
        if shop.auto_review != auto_review:
            shop.auto_review = auto_review
            shop.save(update_fields=["auto_review"])
            detail = f"auto_review={'on' if auto_review else 'off'}"
            audit.note(actor, what="shop.changed", subject=shop.code, detail=detail, now=now)


def managed_shop(actor: Actor) -> Merchant:
    """The manager's own shop, locked: its changes come one after the other. Raises FORBIDDEN."""
    if actor.role != "merchant_manager" or actor.merchant_id is None:
        raise refused(FORBIDDEN)
    return Merchant.objects.select_for_update().get(pk=actor.merchant_id)
