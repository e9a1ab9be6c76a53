"""The policy books as people read them: every clause and limit by section, each with its source."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from shouhou.foundation.money import Money
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.policy.compiler import CompiledBook
from shouhou.policy.explain import filled
from shouhou.policy.library import DEFAULT_BOOK
from shouhou.policy.queries import compiled, versions
from shouhou.policy.terms import Term, Value, rate_words
from shouhou.web.doors import public_door
from shouhou.web.page import page, said
from shouhou.web.templatetags.words import money
from shouhou.web.who import buyer_of, staff_of

UNITS = {
    "days": Text("天", "days"), "hours": Text("小时", "hours"), "workdays": Text("个工作日", "working days"),
    "months": Text("个月", "months"), "count": Text("次", "times"), "percent": Text("%", "%"),
}  # fmt: skip


@public_door
def policies(request: HttpRequest) -> HttpResponse:
    """The default book in its newest version."""
    newest = versions(DEFAULT_BOOK)[-1]
    return _page(request, newest.book, newest.version)


@public_door
def policy(request: HttpRequest, book: str, version: str) -> HttpResponse:
    """One version of a book, also an old one."""
    return _page(request, book, version)


def _page(request: HttpRequest, book: str, version: str) -> HttpResponse:
    held = compiled(book, version)
    context = {
        "here": "policy", "book": held.book, "title": said(held.book.title),
        "sections": [_section(held, name) for name in held.vocabulary.words["sections"]],
        "versions": [each for each in versions(book) if each.version != version],
    }  # fmt: skip
    return page(request, "shared/policy.html", context, actor=_reader(request))


def _section(held: CompiledBook, name: str) -> dict[str, Any]:
    words = held.vocabulary
    return {
        "name": name, "label": said(words.words["sections"][name]),
        "clauses": [
            {
                "id": clause.id, "text": filled(said(clause.text), held), "strength": said(words.label("strengths", clause.strength)),
                "sources": [said(words.sources[source].title) for source in clause.sources if source.startswith("L-")],
            }
            for clause in held.book.clauses
            if clause.section == name
        ],
        "terms": [
            {"label": said(term.label), "values": term_values(held, term)}
            for term in held.book.terms.terms.values()
            if term.section == name and term.type != "choice"
        ],
    }  # fmt: skip


def term_values(held: CompiledBook, term: Term) -> list[tuple[str, str]]:
    """(for whom, how much): the default first, without a name when it stands alone."""
    values = dict(term.values(held.book.terms.day))
    fact = held.vocabulary.facts.get(term.by) if term.by else None
    told = []
    for word, value in sorted(values.items(), key=lambda pair: pair[0] != "default"):
        whom = said(fact.values[word]) if fact and word in fact.values else _("其他") if len(values) > 1 else ""
        told.append((whom, _value(term, value)))
    return told


def _value(term: Term, value: Value) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if term.type == "money":
        return money(Money(int(value)))
    if term.type == "rate":
        return rate_words(int(value))
    unit = said(UNITS[term.type]) if term.type in UNITS else ""
    return f"{value} {unit}".strip()


def _reader(request: HttpRequest) -> Actor | None:
    try:
        return buyer_of(request) or staff_of(request)
    except Refused:
        return None
