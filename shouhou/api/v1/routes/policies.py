"""The books: every version readable, downloadable, comparable."""

from typing import Annotated, Literal

import yaml
from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from shouhou.api.v1.answers import answer, listing
from shouhou.api.v1.auth import Key
from shouhou.api.v1.shapes.common import answers
from shouhou.api.v1.shapes.others import VersionList
from shouhou.policy.library import shipped_ids
from shouhou.policy.models import BookVersion
from shouhou.policy.queries import difference, export, versions

router = Router(tags=["policies 政策"])
Book = Annotated[str, Path(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_.-]+$", examples=["std-1"])]
Name = r"^[A-Za-z0-9_.-]+$"


@router.get(
    "", auth=Key("policies:read"), response=answers(VersionList), operation_id="list_policies",
    summary="全部政策版本 Every version of every book",
)  # fmt: skip
def policies(
    request: HttpRequest, book: Annotated[str | None, Query(max_length=40, pattern=Name)] = None
) -> HttpResponse:
    """By the day it takes effect."""
    found = [
        {"book": each.book, "version": each.version, "effective_from": each.effective_from.isoformat()}
        for name in ([book] if book else _books())
        for each in versions(name)
    ]
    return listing(found, None)


@router.get(
    "/{book}/versions/{version}", auth=Key("policies:read"), response=answers(dict, errors=(404,)),
    operation_id="get_policy", summary="一个版本的全文 One version in full",
    openapi_extra={"responses": {200: {"content": {"application/yaml": {"schema": {"type": "string"}}}}}},
)  # fmt: skip
def policy(
    request: HttpRequest,
    book: Book,
    version: Annotated[str, Path(min_length=1, max_length=20, pattern=Name, examples=["1"])],
    format: Annotated[Literal["json", "yaml"], Query(description="yaml: as a file to keep")] = "json",  # noqa: A002
) -> HttpResponse:
    """In its five sections: return, exchange, repair, refund, compensation, each with sources."""
    told = export(book, version)
    if format == "json":
        return answer(told)
    text = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=120)
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{book}-{version}.yaml"'
    return response


@router.get(
    "/{book}/diff", auth=Key("policies:read"), response=answers(dict, errors=(404,)), operation_id="diff_policies",
    summary="两个版本的差异 What changes between two versions",
)  # fmt: skip
def diff(
    request: HttpRequest,
    book: Book,
    old: Annotated[str, Query(alias="from", min_length=1, max_length=20, pattern=Name)],
    new: Annotated[str, Query(alias="to", min_length=1, max_length=20, pattern=Name)],
) -> HttpResponse:
    """Terms with both values, clauses added, removed, reworded."""
    changed = [
        {"kind": each.kind, "name": each.name, "old": each.old, "new": each.new}
        for each in difference(book, old=old, new=new)
    ]
    return answer({"book": book, "from": old, "to": new, "changes": changed})


def _books() -> list[str]:
    published = BookVersion.objects.order_by("book").values_list("book", flat=True).distinct()
    return sorted({*shipped_ids(), *published})
