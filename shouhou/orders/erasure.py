"""What orders know of a person, removed; what was sold, paid and received stays."""

from datetime import datetime

from shouhou.orders.models import Order


def erase_orders_of(buyer_id: int, now: datetime) -> dict[str, int]:
    """Addresses and the shop's own remarks of the buyer's orders. The mark of the old content goes as well."""
    count = 0
    for order in Order.objects.select_for_update().filter(buyer=buyer_id).exclude(address={}, extra={}):
        order.address = {}
        order.extra = {name: value for name, value in order.extra.items() if name != "shop"}
        order.fingerprint = b""
        order.updated_at = now
        order.save(update_fields=["address", "extra", "fingerprint", "updated_at"])
        count += 1
    return {"orders": count}
