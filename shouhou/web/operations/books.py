"""Policy as text for those who answer for it: every version with its day and sources, and what changed between two."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from shouhou.foundation.days import from_epoch_day
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.policy.compiler import CompiledBook
from shouhou.policy.diff import Change
from shouhou.policy.explain import filled
from shouhou.policy.library import DEFAULT_BOOK, shipped_ids
from shouhou.policy.models import BookVersion
from shouhou.policy.queries import book_in_force, compiled, difference, versions
from shouhou.policy.terms import Term
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.page import said
from shouhou.web.shared.policies import term_values


@operations_door
def books(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every book and its versions, the one in force marked."""
    published = {(row.book, row.version): row for row in BookVersion.objects.defer("content")}
    ids = sorted({book for book, _ in published} | set(shipped_ids()), key=lambda book: (book != DEFAULT_BOOK, "literal" in book, book))
    context = {"books": [_book(book, published) for book in ids]}
    return operations_page(request, "books", context, actor=actor, place="ops_books")


@operations_door
def book(request: HttpRequest, actor: Actor, book: str, version: str) -> HttpResponse:
    """One version, section by section, with sources and the days from which each value holds."""
    held = compiled(book, version)
    context = {
        "title": said(held.book.title), "book": held.book, "sections": [section(held, name) for name in held.vocabulary.words["sections"]],
        "others": [each for each in versions(book) if each.version != version],
        "record": BookVersion.objects.defer("content").filter(book=book, version=version).first(),
    }  # fmt: skip
    return operations_page(request, "book", context, actor=actor, place="ops_books")


@operations_door
def compare(request: HttpRequest, actor: Actor, book: str) -> HttpResponse:
    """What the version `new` says otherwise than `old`; both in the address, the last two when it names none."""
    known = versions(book)
    if not known:
        raise Http404("no such book")
    names = [each.version for each in known]
    old, new = request.GET.get("old") or names[max(0, len(names) - 2)], request.GET.get("new") or names[-1]
    if old not in names or new not in names:
        raise Http404("no such version")
    found = difference(book, old=old, new=new)
    labels = _labels(compiled(book, new)) | _labels(compiled(book, old))
    context = {
        "book": book, "title": said(compiled(book, new).book.title), "old": old, "new": new,
        "olds": [(name, name == old) for name in names], "news": [(name, name == new) for name in names],
        "groups": [
            {"label": words, "changes": [_change(change, labels) for change in found if change.kind == kind]}
            for kind, words in _kinds().items()
            if any(change.kind == kind for change in found)
        ],
    }  # fmt: skip
    return operations_page(request, "compare", context, actor=actor, place="ops_books")


def _book(book: str, published: dict[tuple[str, str], BookVersion]) -> dict[str, Any]:
    now, known = clock.now(), versions(book)
    force = book_in_force(now, book=book).version
    return {
        "id": book, "title": said(compiled(book).book.title), "several": len(known) > 1,
        "versions": [
            {"version": each.version, "from": each.effective_from, "here": each.version == force,
             "record": published.get((book, each.version))}
            for each in reversed(known)
        ],
    }  # fmt: skip


def section(held: CompiledBook, name: str) -> dict[str, Any]:
    words = held.vocabulary
    return {
        "name": name, "label": said(words.words["sections"][name]),
        "terms": [
            {"name": term.name, "label": said(term.label), "values": term_values(held, term), "since": _since(term),
             "sources": _sources(held, term.sources)}
            for term in held.book.terms.terms.values() if term.section == name and term.type != "choice"
        ],
        "clauses": [
            {"id": clause.id, "text": filled(said(clause.text), held), "strength": said(words.label("strengths", clause.strength)),
             "rank": clause.rank, "condition": clause.when_text, "sources": _sources(held, clause.sources)}
            for clause in held.book.clauses if clause.section == name
        ],
    }  # fmt: skip


def _since(term: Term) -> list[Any]:
    """The days on which the value changed, when it ever did."""
    return [from_epoch_day(day) for day, _ in term.versions] if len(term.versions) > 1 else []


def _sources(held: CompiledBook, ids: tuple[str, ...]) -> list[dict[str, str]]:
    known = held.vocabulary.sources
    return [{"id": one, "title": said(known[one].title), "quote": known[one].quote} for one in ids if one in known]


def _labels(held: CompiledBook) -> dict[str, str]:
    return {term.name: said(term.label) for term in held.book.terms.terms.values()}


def _change(change: Change, labels: dict[str, str]) -> dict[str, str]:
    return {"name": change.name, "label": labels.get(change.name, ""), "old": change.old, "new": change.new}


def _kinds() -> dict[str, str]:
    return {"term": _("期限与金额"), "set": _("范围"), "clause": _("条款条件"), "text": _("条款文字")}
