"""The parcels in which an order went out, as whoever wants them stopped or found needs them."""

from collections.abc import Collection

from shouhou.orders.models import Shipment


def waybills_of(order_id: int, lines: Collection[int]) -> list[tuple[str, str]]:
    """(courier, waybill) of every parcel that holds one of these lines and has a number; a parcel without lines holds all."""
    sent = Shipment.objects.filter(order_id=order_id, shipped_at__isnull=False).exclude(number="").order_by("position")
    return [(each.carrier, each.number) for each in sent if not each.lines or set(each.lines) & set(lines)]
