"""Master data of shops in the admin."""

from django.contrib import admin

from shouhou.merchants.models import Merchant, ReturnAddress


class ReturnAddressInline(admin.TabularInline[ReturnAddress, Merchant]):
    """Where goods go back to, beside the shop."""

    model = ReturnAddress
    extra = 0


@admin.register(Merchant)
class MerchantAdmin(admin.ModelAdmin[Merchant]):
    """Shops; the code is the shop's name to programs and stays."""

    list_display = ("code", "name", "channel", "auto_review", "active")
    list_filter = ("channel", "active", "auto_review")
    search_fields = ("code", "name")
    inlines = (ReturnAddressInline,)

    def get_readonly_fields(self, request: object, obj: Merchant | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()
