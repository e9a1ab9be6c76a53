"""What a problem's `type` address shows: the sentence of its code in both languages."""

from django.http import HttpRequest, HttpResponse

from shouhou.api.v1.answers import answer
from shouhou.api.v1.errors import TITLES
from shouhou.foundation.refusals import HTTP_STATUS, NOT_FOUND, REFUSALS, refused


def explain_problem(request: HttpRequest, code: str) -> HttpResponse:
    """Raises Refused(NOT_FOUND) for a code that nobody raises."""
    found = REFUSALS.get(code)
    if found is None:
        raise refused(NOT_FOUND)
    zh, en = TITLES[found.kind]
    told = {
        "code": code, "status": HTTP_STATUS[found.kind], "title": {"zh": zh, "en": en},
        "detail": {"zh": found.zh, "en": found.en},
    }  # fmt: skip
    return answer(told)
