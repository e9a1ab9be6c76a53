"""Published book versions, stored decisions, calendar overrides."""

from django.db import models


class BookVersion(models.Model):
    """One published version of a book: its whole content, so that every past decision can be replayed."""

    id = models.BigAutoField(primary_key=True)
    book = models.CharField(max_length=40, db_collation="C")
    version = models.CharField(max_length=20, db_collation="C")
    effective_from = models.DateField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=60, db_collation="C")
    publishable = models.BooleanField(default=True)
    sha256 = models.CharField(max_length=64, db_collation="C")
    content = models.JSONField()

    class Meta:
        verbose_name = verbose_name_plural = "政策版本 Book versions"
        constraints = [models.UniqueConstraint(fields=["book", "version"], name="book_version_once")]


class Decision(models.Model):
    """One decision with everything needed to replay it: facts in, outcome out, book version, engine version."""

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=80, db_collation="C")
    book = models.CharField(max_length=40, db_collation="C")
    book_version = models.CharField(max_length=20, db_collation="C")
    engine_version = models.SmallIntegerField(default=1)
    facts = models.JSONField()
    reasons_mask = models.BigIntegerField()
    outcome = models.JSONField()
    decided_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject"], name="decision_subject")]


class CalendarOverride(models.Model):
    """A day the public calendar has wrong, or does not know yet."""

    KINDS = [("holiday", "节假日 public holiday"), ("workday", "调休上班 make-up working day")]
    id = models.BigAutoField(primary_key=True)
    country = models.CharField("国家 country", max_length=2, default="CN")
    day = models.DateField("日期 day")
    kind = models.CharField("类型 kind", max_length=8, choices=KINDS)
    source = models.CharField("来源 source", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "日历修订 Calendar overrides"
        constraints = [models.UniqueConstraint(fields=["country", "day"], name="calendar_override_once")]
