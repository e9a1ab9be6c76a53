"""Writing the help centre: shipped articles taken in, versions published, articles shown or taken out, readers' votes."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction
from django.utils.crypto import salted_hmac

from shouhou.conduct.library import lexicon
from shouhou.conduct.rules.screening import screen
from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, OVERTAKEN, FieldError, refusal, refused
from shouhou.plumbing import audit
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.policy.queries import compiled
from shouhou.support.help.models import Article, Version, Vote
from shouhou.support.help.rules.text import Words, bad_links, names, plain, stray
from shouhou.support.help.shipped import Shipped, chapters

MAY_WRITE = ("operations",)
SHIPPED_FROM = date(2026, 1, 1)
ZONE = ZoneInfo("Asia/Shanghai")
TITLE_MOST, WORDS_MOST, BODY_MOST, WHY_MOST = 120, 300, 20_000, 300
UNLAWFUL = "MER-12"
SLUG = re.compile(r"[a-z][a-z0-9-]{1,58}[a-z0-9]")
RESERVED = ("rules",)
BAD_SLUG = FieldError("slug", "小写字母、数字和连字符，3 到 60 个。", "Lower-case letters, digits and hyphens, 3 to 60.")
HELP_INVALID = refusal(
    "HELP_INVALID", "invalid", zh="文章有误，请修改标出的内容。", en="The article is not valid. Mend what is marked."
)  # fmt: skip
HELP_EXISTS = refusal(
    "HELP_EXISTS", "conflict", zh="网址名 {slug} 已有文章在用，请换一个。", en="Another article has the name {slug}. Choose another one."
)  # fmt: skip


@transaction.atomic
def sync_shipped(now: datetime) -> int:
    """Take in what came with the product; returns how many versions are new. An article that was rewritten here stays so."""
    made = 0
    with connection.cursor() as cursor:
        # Two installations of one house may start at once.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('help'))")
    held = {article.slug: article for article in Article.objects.all()}
    newest = {version.article.slug: version for version in Version.objects.select_related("article").order_by("number")}
    for chapter in chapters():
        for shipped in chapter.articles:
            article = held.get(shipped.slug) or _taken_in(shipped, chapter.code)
            last = newest.get(article.slug)
            if last is not None and (not last.shipped or last.said == shipped.said):
                continue
            since = SHIPPED_FROM if last is None else local_day(now, ZONE)
            _write(
                article, shipped.said, since=since, why="随产品更新 shipped with the product", shipped=True, actor=SYSTEM, now=now
            )
            made += 1
    return made


@transaction.atomic
def publish(
    slug: str, said: Words, *, since: date, why: str, seen: int, actor: Actor, now: datetime,
    new: tuple[str, str] | None = None,
) -> Version:  # fmt: skip
    """A new version of the article, in force from `since` on. `seen` is the number of the version that was read (0: none).

    `new` (kind, chapter) makes the article. Raises Refused FORBIDDEN, NOT_FOUND, HELP_INVALID, HELP_EXISTS, OVERTAKEN.
    """
    if actor.role not in MAY_WRITE:
        raise refused(FORBIDDEN)
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        raise refused(HELP_INVALID, BAD_SLUG)
    if errors := list(_errors(said, since=since, why=why, new=new, now=now)):
        raise refused(HELP_INVALID, *errors)
    article = Article.objects.select_for_update().filter(slug=slug).first()
    if new is not None:
        if article is not None:
            raise refused(HELP_EXISTS, slug=slug)
        article = _made(slug, *new)
    elif article is None:
        raise refused(NOT_FOUND, what=slug)
    last = article.versions.order_by("-number").first()
    if (last.number if last else 0) != seen:
        raise refused(OVERTAKEN)
    version = _write(article, said, since=since, why=why.strip(), shipped=False, actor=actor, now=now)
    audit.note(actor, what="help.published", subject=f"{slug} {version.number}", detail=why.strip()[:200], now=now)
    return version


@transaction.atomic
def show(slug: str, *, shown: bool, actor: Actor, now: datetime) -> bool:
    """Show the article or take it out; False when it already was so. Raises Refused FORBIDDEN, NOT_FOUND."""
    if actor.role not in MAY_WRITE:
        raise refused(FORBIDDEN)
    article = Article.objects.select_for_update().filter(slug=slug).first()
    if article is None:
        raise refused(NOT_FOUND, what=slug)
    if article.shown == shown:
        return False
    article.shown = shown
    article.save(update_fields=["shown"])
    audit.note(actor, what="help.shown" if shown else "help.hidden", subject=slug, detail="", now=now)
    return True


def vote(version_id: int, *, reader: str, useful: bool, why: str = "", now: datetime) -> Vote:
    """Whether it helped; a reader has one answer to a version and may change it. Raises Refused NOT_FOUND."""
    if not Version.objects.filter(id=version_id, article__shown=True).exists():
        raise refused(NOT_FOUND, what="help")
    known = salted_hmac("shouhou.help.vote", reader).hexdigest()[:64]
    found, _made_now = Vote.objects.update_or_create(
        version_id=version_id, reader=known,
        defaults={"useful": useful, "why": "" if useful else why.strip()[:WHY_MOST], "at": now},
    )  # fmt: skip
    return found


def _taken_in(shipped: Shipped, chapter: str) -> Article:
    article, _new = Article.objects.get_or_create(
        slug=shipped.slug, defaults={"kind": shipped.kind, "chapter": chapter, "place": shipped.place}
    )
    return article


def _made(slug: str, kind: str, chapter: str) -> Article:
    last = Article.objects.filter(chapter=chapter).order_by("-place").first()
    try:
        with transaction.atomic():
            return Article.objects.create(slug=slug, kind=kind, chapter=chapter, place=(last.place if last else 0) + 1)
    except IntegrityError:
        raise refused(HELP_EXISTS, slug=slug) from None


def _write(
    article: Article, said: Words, *, since: date, why: str, shipped: bool, actor: Actor, now: datetime
) -> Version:  # fmt: skip
    last = article.versions.order_by("-number").first()
    return Version.objects.create(
        article=article, number=(last.number if last else 0) + 1, effective_from=since, title_zh=said.title.zh,
        title_en=said.title.en, words_zh=said.words.zh, words_en=said.words.en, body_zh=said.body.zh, body_en=said.body.en,
        why=why, shipped=shipped, published_by=actor.who, published_at=now,
    )  # fmt: skip


def _errors(
    said: Words, *, since: date, why: str, new: tuple[str, str] | None, now: datetime
) -> Iterator[FieldError]:  # fmt: skip
    """What keeps the article from being published, field by field."""
    for name, text, most in (("title", said.title, TITLE_MOST), ("words", said.words, WORDS_MOST), ("body", said.body, BODY_MOST)):
        for language, words in (("zh", text.zh), ("en", text.en)):
            field = f"{name}_{language}"
            if not words.strip() and name != "words":
                yield FieldError(field, "两种语言都要填写。", "Both languages are needed.")
            if len(words) > most:
                yield FieldError(field, f"最多 {most} 个字符。", f"At most {most} characters.")
            if name == "body":
                yield from _body_errors(field, words)
    if since < local_day(now, ZONE):
        yield FieldError("since", "生效日不能早于今天。", "It cannot be in force before today.")
    if not why.strip() or len(why) > WHY_MOST:
        yield FieldError("why", "请写明改了什么、为什么。", "Say what changes, and why.")
    if new is not None and new not in {(kind, chapter.code) for chapter in chapters() for kind in ("section", "faq")}:
        yield FieldError("chapter", "没有这个章节。", "There is no such chapter.")


def _body_errors(field: str, words: str) -> Iterator[FieldError]:
    known = compiled().terms.terms
    if unknown := sorted(names(words) - set(known)):
        found = ", ".join(f"{{{name}}}" for name in unknown)
        yield FieldError(field, f"政策里没有 {found}。", f"The policy has no {found}.")
    if stray(words):
        yield FieldError(field, "有不成对的花括号。", "A brace stands alone.")
    for link in bad_links(words):
        yield FieldError(field, f"链接 {link[:60]} 只能是本站页面或 https。", f"The link {link[:60]} must be a page of ours or https.")
    hits = [hit for hit in screen(plain(words), lexicon=lexicon()).hits if hit.code == UNLAWFUL]
    for hit in hits:
        zh, en = f"“{hit.words}”是无效的格式条款（{UNLAWFUL}）。", f"“{hit.words}” is an unlawful standard term ({UNLAWFUL})."
        yield FieldError(field, zh, en)
