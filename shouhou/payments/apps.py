"""The folder as a Django app."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "shouhou.payments"
    label = "payments"
    verbose_name = "支付 Payments"
