"""The policy books as people read them: five sections, every term and clause with its source."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from shouhou.foundation.refusals import Refused
from shouhou.plumbing.actor import Actor
from shouhou.policy.library import DEFAULT_BOOK
from shouhou.policy.queries import compiled, export, versions
from shouhou.web.doors import public_door
from shouhou.web.page import page, said
from shouhou.web.who import buyer_of, staff_of


@public_door
def policies(request: HttpRequest) -> HttpResponse:
    """The default book in its newest version."""
    newest = versions(DEFAULT_BOOK)[-1]
    return _book(request, newest.book, newest.version)


@public_door
def policy(request: HttpRequest, book: str, version: str) -> HttpResponse:
    """One version of a book, also an old one."""
    return _book(request, book, version)


def _book(request: HttpRequest, book: str, version: str) -> HttpResponse:
    told: dict[str, Any] = export(book, version)
    context = {
        "here": "policy", "book": told, "title": said(compiled(book, version).book.title),
        "versions": [each for each in versions(book) if each.version != version],
    }  # fmt: skip
    return page(request, "shared/policy.html", context, actor=_reader(request))


def _reader(request: HttpRequest) -> Actor | None:
    try:
        return buyer_of(request) or staff_of(request)
    except Refused:
        return None
