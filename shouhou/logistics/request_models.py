"""What a carrier is asked about a parcel that is not ours to hand over: stop it, or look for it."""

from django.db import models

OPEN_REQUEST = ("asking", "accepted")


class ParcelRequest(models.Model):
    """One asking about one waybill under one key, until the carrier has told how it ended.

    `outcome` of a stop: success, failure, refused_at_door; of a search: delivered, under_way (it goes on), returned, lost.
    """

    KINDS = [("intercept", "拦截 stop it"), ("trace", "查件 look for it")]
    STATES = [
        ("asking", "询问中 asking"), ("accepted", "已受理 accepted"), ("refused", "不受理 refused"), ("done", "已有结果 done"),
        ("dropped", "不再需要 not needed any more"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=100, db_collation="C")
    kind = models.CharField(max_length=10, choices=KINDS, db_collation="C")
    subject = models.CharField(max_length=60, db_collation="C")
    merchant_id = models.BigIntegerField(null=True)
    buyer_id = models.BigIntegerField(null=True)
    carrier = models.CharField(max_length=20, db_collation="C")
    tracking_number = models.CharField(max_length=80, db_collation="C")
    state = models.CharField(max_length=10, choices=STATES, default="asking", db_collation="C")
    outcome = models.CharField(max_length=16, blank=True, db_collation="C")
    text_zh = models.CharField(max_length=200, blank=True)
    text_en = models.CharField(max_length=200, blank=True)
    location = models.CharField(max_length=120, blank=True)
    requested_by = models.CharField(max_length=60, db_collation="C")
    requested_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # The last thing that went wrong between us and the carrier, for the list of what is stuck.
    trouble = models.CharField(max_length=200, blank=True)
    tries = models.SmallIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "拦截与查件 Interceptions and traces"
        constraints = [models.UniqueConstraint(fields=["key"], name="parcel_request_key")]
        indexes = [
            models.Index(fields=["subject"], name="parcel_request_subject"),
            models.Index(fields=["requested_at"], name="parcel_request_open", condition=models.Q(state__in=OPEN_REQUEST)),
        ]

    def __str__(self) -> str:
        return self.key
