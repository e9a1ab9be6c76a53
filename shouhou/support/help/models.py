"""Articles, their versions (written once, never changed) and whether they helped."""

from django.db import models
from django.db.models import F, Q

from shouhou.foundation.workflow import Text
from shouhou.support.help.rules.text import Words


class Article(models.Model):
    """A place in the help centre. What it says stands in its versions; `shown` is False when it was taken out."""

    KINDS = [("section", "章节 section"), ("faq", "常见问题 question")]
    id = models.BigAutoField(primary_key=True)
    slug = models.CharField(max_length=60, unique=True, db_collation="C")
    kind = models.CharField(max_length=8, choices=KINDS, db_collation="C")
    chapter = models.CharField(max_length=40, db_collation="C")
    place = models.SmallIntegerField()
    shown = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["chapter", "place"], name="help_article_chapter")]

    def __str__(self) -> str:
        return self.slug


class Version(models.Model):
    """What an article says from a day on, in both languages. `shipped`: it came with the product, nobody here wrote it."""

    id = models.BigAutoField(primary_key=True)
    article = models.ForeignKey(Article, models.PROTECT, related_name="versions")
    number = models.IntegerField()
    effective_from = models.DateField()
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    words_zh = models.CharField(max_length=300, blank=True)
    words_en = models.CharField(max_length=300, blank=True)
    body_zh = models.TextField()
    body_en = models.TextField()
    why = models.CharField(max_length=300)
    shipped = models.BooleanField(default=False)
    published_by = models.CharField(max_length=60, db_collation="C")
    published_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="help_version_once")]
        indexes = [models.Index(fields=["article", "-effective_from", "-number"], name="help_version_in_force")]

    def __str__(self) -> str:
        return f"{self.article} {self.number}"

    @property
    def said(self) -> Words:
        return Words(
            Text(self.title_zh, self.title_en), Text(self.words_zh, self.words_en), Text(self.body_zh, self.body_en)
        )


class Vote(models.Model):
    """One reader's answer to "was this helpful"; `reader` is a hash, so that nobody is known by it."""

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(Version, models.PROTECT, related_name="votes")
    reader = models.CharField(max_length=64, db_collation="C")
    useful = models.BooleanField()
    why = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "reader"], name="help_vote_once"),
            models.CheckConstraint(condition=Q(useful=False) | Q(why=""), name="help_vote_why"),
        ]
        indexes = [models.Index(F("at").desc(), name="help_vote_at")]

    def __str__(self) -> str:
        return f"{self.version} {self.useful}"
