"""The public page of measures: which shops may not use the system, since when and on which ground; those that were lifted, too."""

from django.http import HttpRequest, HttpResponse

from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.sla.access import measures as published
from shouhou.sla.rules.measures import GROUND_WORDS
from shouhou.web.doors import public_door
from shouhou.web.page import page, said

PAGE_SIZE = 30


@public_door
def measures(request: HttpRequest) -> HttpResponse:
    """The newest first. What the complaint said and who decided stays inside the house."""
    found, after = published(), request.GET.get("after", "")[:400]
    if after:
        found = found.filter(pk__lt=decode_cursor(after, int)[0])
    rows = list(found.order_by("-pk")[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    context = {
        "rows": [{"row": row, "ground": said(GROUND_WORDS[row.ground])} for row in rows],
        "first": "?" if after else "", "next": f"?after={encode_cursor(rows[-1].pk)}" if more else "",
    }  # fmt: skip
    return page(request, "shared/measures.html", context)
