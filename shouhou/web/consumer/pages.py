"""What both lists of a buyer share: the question in the address, pages that follow each other, tabs."""

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from shouhou.foundation.workflow import Text
from shouhou.web.page import said

PAGE_SIZE = 20
ASKED_MAX = 80
KEPT = ("q", "view")
Row = TypeVar("Row", bound=Model)


def asked(request: HttpRequest, name: str) -> str:
    """A question of the address, bounded and without what no database takes."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:ASKED_MAX]


def after(request: HttpRequest, column: str) -> Q:
    """After the last row of the page before, in falling order."""
    at, _sep, key = request.GET.get("after", "").partition("_")
    moment = parse_datetime(at) if key.isdigit() and len(key) < 18 and len(at) < 40 else None
    if moment is None or moment.tzinfo is None:
        return Q()
    return Q(**{f"{column}__lt": moment}) | Q(**{column: moment, "pk__lt": int(key)})


def page_of(request: HttpRequest, found: QuerySet[Row], column: str) -> tuple[list[Row], dict[str, str]]:
    """One page of rows, and the addresses of the first and the next one."""
    rows = list(found[: PAGE_SIZE + 1])
    kept = _kept(request)
    pages = {"first": "?" + urlencode(kept) if request.GET.get("after") else "", "next": ""}
    if len(rows) > PAGE_SIZE:
        last = rows[PAGE_SIZE - 1]
        pages["next"] = "?" + urlencode({**kept, "after": f"{getattr(last, column).isoformat()}_{last.pk}"})
    return rows[:PAGE_SIZE], pages


def tabs(request: HttpRequest, views: Mapping[str, Text], here: str) -> list[dict[str, Any]]:
    """The fixed views of a list as links that keep the search."""
    kept = {name: value for name, value in _kept(request).items() if name != "view"}
    return [
        {"label": said(words), "address": "?" + urlencode({**kept, **({"view": code} if code else {})}), "here": code == here}
        for code, words in views.items()
    ]


def kept(request: HttpRequest) -> str:
    """The list's search and filter as a query string; for its export."""
    return urlencode(_kept(request))


def _kept(request: HttpRequest) -> dict[str, str]:
    return {name: asked(request, name) for name in KEPT if request.GET.get(name)}
