"""The only writers of orders."""

from shouhou.orders.actions.bulk import LineAnswer, bulk_put
from shouhou.orders.actions.put import PutResult, put_order
from shouhou.orders.actions.receipt import rule_receipt

__all__ = ["LineAnswer", "PutResult", "bulk_put", "put_order", "rule_receipt"]
