"""Reading the help centre: what is in force on a day, with the policy's live values, its history, and the search."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, IntegerField, Max, Q, QuerySet, When

from shouhou.foundation.days import local_day
from shouhou.foundation.money import Money
from shouhou.policy.queries import book_in_force, compiled
from shouhou.support.help.models import Article, Version, Vote
from shouhou.support.help.rules.finding import Entry, Found, Index
from shouhou.support.help.rules.text import filled, html, plain
from shouhou.support.help.shipped import chapters

ZONE = ZoneInfo("Asia/Shanghai")
KEPT_MOST = 8
IN_ORDER = Case(
    *(When(chapter=chapter.code, then=place) for place, chapter in enumerate(chapters())),
    default=len(chapters()), output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """An article as it is read in one language: its version, its HTML, and by which policy its numbers are."""

    slug: str
    kind: str
    chapter: str
    version: int
    number: int
    since: date
    title: str
    html: str
    plain: str
    words: str
    policy: str


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter with its articles in order."""

    code: str
    title: str
    faq: bool
    articles: tuple[Reading, ...]


def help_parts(language: str, *, at: datetime) -> list[Part]:
    """The whole help centre as it stands; a chapter without an article is left out."""
    readings, _index = _held(language, at)
    found = []
    for chapter in chapters():
        mine = tuple(reading for reading in readings if reading.chapter == chapter.code)
        if mine:
            found.append(Part(chapter.code, chapter.title.in_(language), all(reading.kind == "faq" for reading in mine), mine))
    return found


def reading(slug: str, language: str, *, at: datetime) -> Reading | None:
    """The article in force, or None."""
    return next((found for found in _held(language, at)[0] if found.slug == slug), None)


def find(query: str, language: str, *, at: datetime, most: int = 20) -> list[tuple[Reading, Found]]:
    """What answers the question, the best first; both languages are understood whatever the page's."""
    readings, index = _held(language, at)
    by_slug = {reading.slug: reading for reading in readings}
    return [(by_slug[found.slug], found) for found in index.find(query[:200], most=most)]


def history(slug: str) -> list[Version]:
    """Every version of a shown article, newest first."""
    return list(Version.objects.filter(article__slug=slug, article__shown=True).select_related("article").order_by("-number"))


def as_read(version: Version, language: str, *, at: datetime) -> Reading:
    """One version with the policy's values of the day."""
    said, article = version.said, version.article
    policy = book_in_force(at)
    held = compiled(policy.book, policy.version)
    body = filled(said.body.in_(language), lambda name: value_words(name, policy.book, policy.version))
    return Reading(
        slug=article.slug, kind=article.kind, chapter=article.chapter, version=version.id, number=version.number,
        since=version.effective_from, title=said.title.in_(language), html=html(body), plain=plain(body),
        words=f"{said.words.zh} {said.words.en}", policy=f"{held.book.id} {held.book.version}",
    )  # fmt: skip


def value_words(name: str, book: str, version: str) -> str:
    """The term's value as it is printed: the default where it differs by channel or kind of goods; unknown ones by name."""
    held = compiled(book, version)
    term = held.terms.terms.get(name)
    if term is None:
        return f"{{{name}}}"
    values = term.values(held.terms.day)
    value = values.get("default", next(iter(values.values())))
    return f"¥{Money(int(value)).decimal.normalize():,f}" if term.type == "money" else str(value)


def kept(*, chapter: str = "", kind: str = "", shown: str = "", q: str = "") -> QuerySet[Article]:
    """Articles for those who write them, with the newest version's number and the answers to all versions."""
    found = Article.objects.annotate(
        newest=Max("versions__number"),
        helped=Count("versions__votes", filter=Q(versions__votes__useful=True), distinct=True),
        failed=Count("versions__votes", filter=Q(versions__votes__useful=False), distinct=True),
    ).order_by(IN_ORDER, "place", "id")
    if chapter:
        found = found.filter(chapter=chapter)
    if kind:
        found = found.filter(kind=kind)
    if shown in ("shown", "hidden"):
        found = found.filter(shown=shown == "shown")
    if q:
        fields = ("slug", "versions__title_zh", "versions__title_en", "versions__body_zh", "versions__body_en")
        said = reduce(or_, (Q(**{f"{field}__icontains": q}) for field in fields))
        found = found.filter(id__in=Article.objects.filter(said).values("id"))
    return found


def votes_of(slug: str) -> dict[int, tuple[int, int]]:
    """By the number of the version: how many it helped, and how many not."""
    rows = Version.objects.filter(article__slug=slug).annotate(
        helped=Count("votes", filter=Q(votes__useful=True)), failed=Count("votes", filter=Q(votes__useful=False))
    )
    return {row.number: (row.helped, row.failed) for row in rows}


def latest(articles: Sequence[int]) -> dict[int, Version]:
    """The newest version of each article by its id, in force or not yet."""
    found = Version.objects.filter(article_id__in=articles).select_related("article").order_by("number")
    return {version.article.id: version for version in found}


def said_by_readers(slug: str, *, most: int = 50) -> list[Vote]:
    """What readers missed, newest first."""
    return list(Vote.objects.filter(version__article__slug=slug).exclude(why="").select_related("version").order_by("-at")[:most])


def _held(language: str, at: datetime) -> tuple[tuple[Reading, ...], Index]:
    """All articles in force in one language; kept in the process until something is published, hidden, or the day is over."""
    policy = book_in_force(at)
    state = Article.objects.aggregate(newest=Max("versions__id"), shown=Count("id", filter=Q(shown=True), distinct=True))
    hidden = tuple(Article.objects.filter(shown=False).order_by("id").values_list("id", flat=True))
    key = (language, local_day(at, ZONE), policy, tuple(state.values()), hidden)
    found = _kept.get(key)
    if found is None:
        if len(_kept) > KEPT_MOST:
            _kept.clear()
        found = _kept[key] = _read(language, at)
    return found


def _read(language: str, at: datetime) -> tuple[tuple[Reading, ...], Index]:
    versions: dict[int, Version] = {}
    in_force = Q(effective_from__lte=local_day(at, ZONE))
    # The first version holds before its day too, as with policy books.
    for version in Version.objects.filter(in_force | Q(number=1), article__shown=True).select_related("article").order_by("number"):
        held = versions.get(version.article.id)
        if held is None or version.effective_from >= held.effective_from or held.effective_from > local_day(at, ZONE):
            versions[version.article.id] = version
    ordered = sorted(versions.values(), key=lambda version: (version.article.chapter, version.article.place, version.id))
    readings = tuple(as_read(version, language, at=at) for version in ordered)
    other = "en" if language != "en" else "zh-hans"
    titles = {version.article.slug: version.said.title.in_(other) for version in ordered}
    entries = (Entry(each.slug, each.title, f"{each.words} {titles[each.slug]}", each.plain) for each in readings)
    return readings, Index(entries)


_kept: dict[tuple[object, ...], tuple[tuple[Reading, ...], Index]] = {}
