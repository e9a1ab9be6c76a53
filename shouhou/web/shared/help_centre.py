"""The help centre for everybody: chapters, articles, the search, old versions, whether it helped, and the rules of the past."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.policy.library import DEFAULT_BOOK
from shouhou.policy.queries import book_in_force, compiled, difference, versions
from shouhou.support.help.actions import vote
from shouhou.support.help.queries import Reading, as_read, find, help_parts, history, reading
from shouhou.support.help.rules.finding import Found
from shouhou.web.doors import public_door
from shouhou.web.page import language, page, said
from shouhou.web.who import buyer_of, staff_of

ASKED_MOST = 100
# Articles that are about a way through the house show it as a picture.
PICTURES = {
    "return-process": "return", "exchange-process": "exchange", "repair-process": "repair", "refund-apply": "refund_only",
}  # fmt: skip


@public_door
def centre(request: HttpRequest) -> HttpResponse:
    """The chapters; with `q` what answers it."""
    q, now = request.GET.get("q", "").replace("\x00", "").strip()[:ASKED_MOST], clock.now()
    parts = help_parts(language(), at=now)
    context: dict[str, Any] = {
        "here": "help", "q": q, "chapters": [part for part in parts if not part.faq], "questions": [part for part in parts if part.faq],
        "found": [_found(article, hit) for article, hit in find(q, language(), at=now)] if q else [],
    }  # fmt: skip
    return page(request, "shared/help.html", context, actor=_reader(request))


@public_door
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """One article as it stands today."""
    now = clock.now()
    found = reading(slug, language(), at=now)
    if found is None:
        raise Http404("no such article")
    service = PICTURES.get(slug)
    context = {
        **_beside(found, now=now), "picture": reverse("web:process_picture", args=[service, language()]) if service else "",
        "process": reverse("web:process", args=[service]) if service else "", "several": len(history(slug)) > 1,
        "answer": request.GET.get("answer", ""),
    }  # fmt: skip
    return page(request, "shared/help_article.html", context, actor=_reader(request))


@public_door
def old(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One version of the past (or of a day to come), with the policy's values of today."""
    every, now = history(slug), clock.now()
    version = next((version for version in every if version.number == number), None)
    if version is None:
        raise Http404("no such version")
    force = reading(slug, language(), at=now)
    context = {
        **_beside(as_read(version, language(), at=now), now=now), "version": version, "every": every,
        "in_force": force.number if force else 0,
    }  # fmt: skip
    return page(request, "shared/help_article.html", context, actor=_reader(request))


@require_POST
@public_door
def useful(request: HttpRequest, slug: str) -> HttpResponse:
    """Yes or no, and what was missing."""
    now = clock.now()
    found = reading(slug, language(), at=now)
    if found is None:
        raise Http404("no such article")
    yes = request.POST.get("useful") == "yes"
    vote(found.version, reader=_name(request), useful=yes, why=request.POST.get("why", "").replace("\x00", ""), now=now)
    answer = "yes" if yes else "told" if request.POST.get("why", "").strip() else "no"
    return redirect(f"{reverse('web:help_article', args=[slug])}?answer={answer}#useful")


@public_door
def rules(request: HttpRequest) -> HttpResponse:
    """Every version of the policy with its day and what it changed: an order keeps the one of its day."""
    known, force = versions(DEFAULT_BOOK), book_in_force(clock.now()).version
    rows = []
    for place, each in enumerate(known):
        held = compiled(each.book, each.version)
        labels = {term.name: said(term.label) for term in held.book.terms.terms.values()}
        changed = difference(each.book, old=known[place - 1].version, new=each.version) if place else []
        rows.append({
            "version": each.version, "book": each.book, "since": each.effective_from, "here": each.version == force,
            "title": said(held.book.title),
            "changes": [{"label": labels.get(change.name, change.name), "old": change.old, "new": change.new} for change in changed],
        })  # fmt: skip
    return page(request, "shared/help_rules.html", {"here": "help", "rows": rows[::-1]}, actor=_reader(request))


def safe(html: str) -> SafeString:
    """Ours: written by the reader of marks, which lets no HTML of an author pass."""
    return mark_safe(html)  # noqa: S308


def _beside(found: Reading, *, now: Any) -> dict[str, Any]:
    """The article, its chapter's other articles, and the next one."""
    part = next((part for part in help_parts(language(), at=now) if part.code == found.chapter), None)
    mine = list(part.articles) if part else []
    place = next((place for place, each in enumerate(mine) if each.slug == found.slug), -1)
    return {
        "here": "help", "article": found, "body": safe(found.html), "part": part, "siblings": mine,
        "next": mine[place + 1] if 0 <= place < len(mine) - 1 else None,
    }  # fmt: skip


def _found(article: Reading, hit: Found) -> dict[str, Any]:
    return {"article": article, "excerpt": _marked(hit)}


def _marked(hit: Found) -> SafeString:
    """The excerpt with the question's words marked."""
    pieces: list[tuple[SafeString]] = []
    at = 0
    for start, end in hit.marks:
        pieces += [(format_html("{}", hit.excerpt[at:start]),), (format_html("<mark>{}</mark>", hit.excerpt[start:end]),)]
        at = end
    return format_html_join("", "{}", [*pieces, (format_html("{}", hit.excerpt[at:]),)])


def _name(request: HttpRequest) -> str:
    """Who answers, only to count everybody once."""
    if (actor := _reader(request)) is not None:
        return actor.who
    if not request.session.session_key:
        request.session.create()
    return f"session:{request.session.session_key}"


def _reader(request: HttpRequest) -> Actor | None:
    try:
        return buyer_of(request) or staff_of(request)
    except Refused:
        return None
