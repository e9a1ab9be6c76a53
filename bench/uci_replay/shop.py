"""The one British seller in the house: its orders imported, its return address named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from shouhou.merchants.models import Merchant, ReturnAddress
from shouhou.orders.imports.run import import_orders
from shouhou.orders.models import OrderImport
from shouhou.plumbing import clock

KEPT = ("import", "shift_days", "documents", "orders", "refused")


def open_shop(
    orders: Path, *, shift_dates_to: str | None = None, progress: Callable[[int, int | None], None] | None = None
) -> dict[str, Any]:  # fmt: skip
    """Import what is not imported yet (a killed import goes on), as the command line does; its account.

    A house that has the orders keeps the dates they were imported with.
    """
    before = OrderImport.objects.filter(source=orders.name, mapping="uci", state="done").order_by("pk").last()
    if before is not None:
        found: dict[str, Any] = {"import": before.pk, "shift_days": before.shift_days, **before.report}
    else:
        found = import_orders(orders, mapping="uci", shift_dates_to=shift_dates_to, now=clock.now(), progress=progress)
    ReturnAddress.objects.get_or_create(
        merchant=Merchant.objects.get(code="uci"), is_default=True, active=True,
        defaults={"label": "Returns", "contact": "Returns", "phone": "00000000000", "region": "London", "address": "1 Dock Road"},
    )  # fmt: skip
    return {name: found[name] for name in KEPT if name in found}
