"""Webhook endpoints and what was delivered to them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class WebhookEndpoint(models.Model):
    """Where a client wants to be told; `merchant_id` limits it to one shop, no `events` means all."""

    id = models.BigAutoField(primary_key=True)
    client = models.CharField(max_length=40, db_collation="C")
    merchant_id = models.BigIntegerField(null=True, blank=True)
    url = models.CharField("地址 address", max_length=500)
    secret = models.CharField(max_length=80)
    events = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    description = models.CharField(max_length=200, blank=True)
    active = models.BooleanField("启用 active", default=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=40, blank=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "Webhook 端点 Webhook endpoints"
        indexes = [models.Index(fields=["merchant_id"], name="webhook_merchant")]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One event on its way to one endpoint; the same message id through every retry and replay."""

    STATES = [("pending", "等待 pending"), ("delivered", "已送达 delivered"), ("failed", "失败 failed")]
    id = models.BigAutoField(primary_key=True)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    seq = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=STATES, default="pending", db_collation="C")
    attempts = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    last_status = models.SmallIntegerField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    last_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "Webhook 投递 Webhook deliveries"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "seq"], name="delivery_once"),
            models.CheckConstraint(condition=Q(attempts__gte=0), name="delivery_attempts"),
        ]
        indexes = [models.Index(fields=["endpoint", "-seq"], name="delivery_endpoint")]
