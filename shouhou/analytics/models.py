"""Reports that were made from the figures."""

from decimal import ROUND_HALF_UP, Decimal

from django.db import models
from django.db.models import Q


class QualityAlert(models.Model):
    """Too many of one SKU came back as defective: said once a month to whoever buys it in (KPI-04). Units of `first` to `last`."""

    id = models.BigAutoField(primary_key=True)
    sku = models.CharField(max_length=80)
    title = models.CharField(max_length=240)
    month = models.DateField()
    first = models.DateField()
    last = models.DateField()
    sold = models.IntegerField()
    defective = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sku", "month"], name="quality_alert_once"),
            models.CheckConstraint(condition=Q(sold__gt=0, defective__gt=0), name="quality_alert_units"),
        ]

    @property
    def percent(self) -> Decimal:
        """The defect rate, to one place."""
        return (Decimal(100 * self.defective) / self.sold).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)

    def __str__(self) -> str:
        return f"{self.sku} {self.month:%Y-%m}"
