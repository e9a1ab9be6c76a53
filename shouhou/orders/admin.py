"""Orders in the admin: facts from outside, to be looked at and never changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from shouhou.orders.models import Order, OrderImport, OrderLine, Payment, Restock, Shipment


class ReadOnly:
    """Nobody adds, changes or deletes here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LineInline(ReadOnly, admin.TabularInline[OrderLine, Order]):
    model = OrderLine
    extra = 0
    fields = (
        "line", "sku", "title", "quantity", "unit_price_minor", "paid_minor", "received_on", "receipt_source",
        "claimed_quantity", "returned_quantity",
    )  # fmt: skip


class PaymentInline(ReadOnly, admin.TabularInline[Payment, Order]):
    model = Payment
    extra = 0


class ShipmentInline(ReadOnly, admin.TabularInline[Shipment, Order]):
    model = Shipment
    extra = 0


@admin.register(Order)
class OrderAdmin(ReadOnly, admin.ModelAdmin[Order]):
    list_display = ("number", "merchant", "channel", "placed_at", "currency", "paid_minor", "difference_minor", "in_use")
    list_filter = ("channel", "in_use")
    list_select_related = ("merchant",)
    search_fields = ("=number",)
    # Counting millions of rows for a page number helps nobody.
    show_full_result_count = False
    exclude = ("fingerprint", "address", "extra", "buyer")
    inlines = (LineInline, PaymentInline, ShipmentInline)


@admin.register(OrderImport)
class OrderImportAdmin(ReadOnly, admin.ModelAdmin[OrderImport]):
    list_display = ("id", "source", "mapping", "state", "position", "shift_days", "started_at", "ended_at")
    list_filter = ("state", "mapping")


@admin.register(Restock)
class RestockAdmin(ReadOnly, admin.ModelAdmin[Restock]):
    list_display = ("key", "subject", "sku", "quantity", "disposition", "grade", "state", "attempts", "told_at")
    list_filter = ("state", "disposition")
    search_fields = ("=subject", "=key")
    show_full_result_count = False
