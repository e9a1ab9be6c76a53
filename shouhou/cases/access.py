"""The only way from a request to an order or a case: what the actor may not see does not exist for them."""

from shouhou.cases.refusals import ORDER_NOT_FOUND
from shouhou.cases.rows import CaseRow, load_case, may_see
from shouhou.foundation.refusals import refused
from shouhou.orders.models import Order
from shouhou.plumbing.actor import Actor


def case_for(actor: Actor, number: str) -> CaseRow:
    """Raises CASE_NOT_FOUND."""
    return load_case(number, actor=actor)


def order_for(actor: Actor, number: str) -> Order:
    """Raises ORDER_NOT_FOUND."""
    order = Order.objects.select_related("buyer", "merchant").filter(number=number).first()
    if order is None or not may_see(order.merchant_id, order.buyer_id, actor, order_id=order.pk):
        raise refused(ORDER_NOT_FOUND, number=number)
    return order


__all__ = ["case_for", "may_see", "order_for"]
