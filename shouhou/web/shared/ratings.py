"""What everybody may read: every rating of the service, good or poor, in the order of time, with the answer of the shop."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode

from shouhou.cases.models import Rating
from shouhou.cases.rating import GRADES
from shouhou.foundation.workflow import Text
from shouhou.merchants.models import Merchant
from shouhou.plumbing.masking import mask_name
from shouhou.support.satisfaction.queries import published
from shouhou.support.satisfaction.rules.outcomes import HIDDEN_FOR
from shouhou.web.doors import public_door
from shouhou.web.labels import service_label
from shouhou.web.page import page, said
from shouhou.web.shared.rating_view import rating_words

ALL, SOMEBODY = Text("全部", "All"), Text("匿名用户", "Somebody")
# Numbers by which somebody could be reached or an order found are nobody else's business.
NUMBERS = re.compile(r"[A-Za-z]*\d[\d\- ]{5,}\d|[\w.+-]+@[\w-]+\.[\w.]+")


@public_door
def ratings(request: HttpRequest) -> HttpResponse:
    """?shop= and ?grade= narrow it; nothing is sorted out."""
    shop = Merchant.objects.filter(code=request.GET.get("shop", "")[:40].replace("\x00", "")).first()
    grade = int(request.GET["grade"]) if request.GET.get("grade", "") in {"1", "2", "3", "4", "5"} else 0
    rows, following = published(merchant=shop.code if shop else "", grade=grade, after=request.GET.get("after", "")[:400])
    of_shop = {"shop": shop.code} if shop else {}
    kept = {name: value for name, value in (("shop", shop.code if shop else ""), ("grade", str(grade or ""))) if value}
    context = {
        "rows": [_shown(row) for row in rows], "shop": shop,
        "views": [
            {"label": label, "address": "?" + urlencode({**of_shop, **({"grade": str(code)} if code else {})}), "here": grade == code}
            for code, label in ((0, said(ALL)), *((code, said(text)) for code, text in GRADES.items()))
        ],
        "next": "?" + urlencode({**kept, "after": following}) if following else "",
        "first": "?" + urlencode(kept) if request.GET.get("after") else "",
    }  # fmt: skip
    return page(request, "shared/ratings.html", context)


def masked(text: str) -> str:
    """The words without numbers and addresses."""
    return NUMBERS.sub("***", text)


def _shown(row: Rating) -> dict[str, Any]:
    case, hidden, answer = row.case, getattr(row.case, "hidden_comment", None), getattr(row.case, "rating_answer", None)
    name = case.buyer.name if case.buyer.erased_at is None else ""
    return {
        **rating_words(row), "stars": row.grade, "at": row.at, "name": mask_name(name) if name else said(SOMEBODY),
        "service": service_label(case.service), "shop": case.merchant.name if case.merchant else "",
        "text": "" if hidden else masked(row.text), "hidden": said(HIDDEN_FOR[hidden.ground]) if hidden else "",
        "answer": answer.text if answer else "",
    }  # fmt: skip
