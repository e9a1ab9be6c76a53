"""Notices for looking into, never for changing."""

from django.contrib import admin
from django.http import HttpRequest

from shouhou.notifications.models import Notice


@admin.register(Notice)
class NoticeAdmin(admin.ModelAdmin[Notice]):
    list_display = ("created_at", "recipient", "subject", "template", "channel", "state", "attempts")
    list_filter = ("state", "channel", "template")
    search_fields = ("subject",)
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Notice | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Notice | None = None) -> bool:
        return False
