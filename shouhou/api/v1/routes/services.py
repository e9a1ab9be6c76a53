"""The service catalogue: what can be applied for, and how."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from shouhou.api.v1.answers import listing
from shouhou.api.v1.auth import Key
from shouhou.api.v1.errors import language_of
from shouhou.api.v1.shapes.common import answers
from shouhou.api.v1.shapes.services import Catalogue
from shouhou.cases.catalogue import services_body

router = Router(tags=["services 服务目录"])


@router.get(
    "", auth=Key("cases:read"), response=answers(Catalogue), operation_id="list_services",
    summary="可申请的服务 What can be applied for",
)  # fmt: skip
def services(request: HttpRequest) -> HttpResponse:
    """Each service with what it asks for, the reasons that fit, its states, and what a case of it can turn into."""
    return listing(services_body(language=language_of(request)), None)
