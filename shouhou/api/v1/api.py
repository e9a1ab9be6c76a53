"""The API as one object: its routers, its error answers, its document."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from shouhou.api.v1.body import CarefulParser
from shouhou.api.v1.errors import answer_to
from shouhou.api.v1.openapi import Document, completed
from shouhou.api.v1.routes import (
    callbacks,
    cases,
    conduct,
    conversations,
    decisions,
    events,
    insurance,
    invoices,
    ledger,
    merchants,
    notices,
    orders,
    plans,
    points,
    policies,
    refunds,
    satisfaction,
    services,
    sla,
    statistics,
    suspensions,
    team,
    uploads,
    webhooks,
)

DESCRIPTION = """
售后平台的公开接口。金额以最小货币单位的整数表示；时刻为带时区偏移的 RFC 3339；错误为 RFC 9457 problem+json，
`detail` 按 `Accept-Language`（默认简体中文）。会产生效果的 POST 请携带 `Idempotency-Key`：同键同体得到首次的答复。

The public interface of the after-sales platform. Money is whole minor units; instants are RFC 3339 with offset; errors
are RFC 9457 problem documents, `detail` in the caller's `Accept-Language`. Send an `Idempotency-Key` with every POST
that creates or moves: the same key and body get the first answer again.
"""


class ShouhouAPI(NinjaAPI):
    """Ninja with every failure as a problem document and a completed OpenAPI document."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        return completed(Document(self, self.get_root_path(path_params or {}) if path_prefix is None else path_prefix))

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        return answer_to(request, exc)


api = ShouhouAPI(
    title="售后 shouhou", version="1.0.0", description=DESCRIPTION, parser=CarefulParser(), docs_url=None,
    openapi_url="/openapi.json", urls_namespace="api-v1",
)  # fmt: skip
for prefix, module in (
    ("/orders", orders), ("/decisions", decisions), ("/cases", cases), ("/refunds", refunds), ("/events", events),
    ("/invoice-tasks", invoices),
    ("/webhooks", webhooks), ("/policies", policies), ("/callbacks", callbacks), ("/uploads", uploads),
    ("/service-points", points), ("/plans", plans), ("/merchants", merchants), ("/services", services),
    ("/freight-claims", insurance), ("/ledger", ledger),
    ("/conversations", conversations), ("/satisfaction", satisfaction), ("/clocks", sla), ("/conduct", conduct),
    ("/suspensions", suspensions), ("/team", team), ("/statistics", statistics), ("/notices", notices),
):  # fmt: skip
    api.add_router(prefix, module.router)
