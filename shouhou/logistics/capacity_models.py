"""How many doors a courier can come to: per area, for one window and for one day."""

from django.db import models
from django.db.models import Q


class PickupCapacity(models.Model):
    """Pickups that can be taken below this prefix of the region code ("" everywhere); the most specific entry decides.

    None is no limit. An area without an entry takes all that come.
    """

    id = models.BigAutoField(primary_key=True)
    region_code = models.CharField("地区编码前缀，空为全国 prefix, empty: everywhere", max_length=6, blank=True, db_collation="C")
    per_window = models.IntegerField("每时段 per window", null=True, blank=True)
    per_day = models.IntegerField("每日 per day", null=True, blank=True)
    changed_at = models.DateTimeField("更新 changed")

    class Meta:
        verbose_name = verbose_name_plural = "取件能力 Pickup capacity"
        constraints = [
            models.UniqueConstraint(fields=["region_code"], name="pickup_capacity_once"),
            models.CheckConstraint(condition=Q(region_code__regex=r"^(\d{2,6})?$"), name="pickup_capacity_code"),
            models.CheckConstraint(
                condition=(Q(per_window=None) | Q(per_window__gte=0)) & (Q(per_day=None) | Q(per_day__gte=0)),
                name="pickup_capacity_numbers",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.region_code or '*'} {self.per_window}/{self.per_day}"
