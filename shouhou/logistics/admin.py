"""Master data of logistics: where the own network comes, and when it does not."""

from django.contrib import admin

from shouhou.logistics.models import OwnArea, PickupCapacity, PickupSuspension


@admin.register(OwnArea)
class OwnAreaAdmin(admin.ModelAdmin[OwnArea]):
    list_display = ("region_code", "name", "active")
    list_filter = ("active",)
    search_fields = ("region_code", "name")
    ordering = ("region_code",)


@admin.register(PickupSuspension)
class PickupSuspensionAdmin(admin.ModelAdmin[PickupSuspension]):
    list_display = ("first_day", "last_day", "region_code", "cause", "note")
    ordering = ("-first_day",)


@admin.register(PickupCapacity)
class PickupCapacityAdmin(admin.ModelAdmin[PickupCapacity]):
    list_display = ("region_code", "per_window", "per_day", "changed_at")
    search_fields = ("region_code",)
    ordering = ("region_code",)
