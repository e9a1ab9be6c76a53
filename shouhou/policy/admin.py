"""Calendar overrides for operations; published versions and stored decisions to be read, never changed."""

from django.contrib import admin
from django.http import HttpRequest

from shouhou.policy import queries
from shouhou.policy.models import BookVersion, CalendarOverride, Decision


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """What is on record stays as it is."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(BookVersion)
class BookVersionAdmin(ReadOnly):
    list_display = ("book", "version", "effective_from", "published_at", "published_by", "publishable")
    list_filter = ("book",)


@admin.register(Decision)
class DecisionAdmin(ReadOnly):
    list_display = ("subject", "book", "book_version", "decided_at")
    search_fields = ("subject",)
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(CalendarOverride)
class CalendarOverrideAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("country", "day", "kind", "source")
    list_filter = ("country", "kind")

    def save_model(self, request: HttpRequest, obj: CalendarOverride, form: object, change: bool) -> None:
        obj.save()
        queries.forget()
