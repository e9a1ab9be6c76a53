"""Shops: the self-operated one and the third-party ones, with where returns go."""

from django.db import models

from shouhou.accounts.models import Buyer, Organisation


class Merchant(models.Model):
    """A shop on the platform. `channel` is what the product page says: self-operated or third-party (DEF-09)."""

    CHANNELS = [("self", "自营 self-operated"), ("third", "第三方 third-party")]
    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True)
    code = models.CharField("编码 code", max_length=40, db_collation="C")
    name = models.CharField("名称 name", max_length=120)
    channel = models.CharField("渠道 channel", max_length=5, choices=CHANNELS)
    active = models.BooleanField("启用 active", default=True)
    # Automatic review of what the policy plainly allows; off means that a person looks at every application.
    auto_review = models.BooleanField("自动审核 automatic review", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "商家 Merchants"
        constraints = [models.UniqueConstraint(fields=["code"], name="merchant_code")]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class ReturnAddress(models.Model):
    """Where goods are sent back to: true address, contact person and phone (L-03 art. 11)."""

    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="return_addresses")
    label = models.CharField("名称 label", max_length=80)
    contact = models.CharField("联系人 contact", max_length=80)
    phone = models.CharField("电话 phone", max_length=32)
    region = models.CharField("地区 region", max_length=120)
    address = models.CharField("地址 address", max_length=240)
    is_default = models.BooleanField("默认 default", default=False)
    active = models.BooleanField("启用 active", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "退货地址 Return addresses"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant"], condition=models.Q(is_default=True, active=True), name="return_address_one_default"
            )
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.region}{self.address}"


class Note(models.Model):
    """What a shop's people write for each other about an order or, with `order` empty, its buyer; no other shop sees it."""

    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT)
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT)
    # The order's number: orders are a floor above.
    order = models.CharField(max_length=80, blank=True, db_collation="C")
    text = models.CharField(max_length=1000)
    by = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "店铺备注 Shop's notes"
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="note_says_something")]
        indexes = [models.Index(fields=["merchant", "buyer", "order"], name="note_about")]

    def __str__(self) -> str:
        return f"{self.pk}"
