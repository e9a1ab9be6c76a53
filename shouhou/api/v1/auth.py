"""From a bearer key to who calls and what they may do: one query."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import cast

from django.db import connection
from django.http import HttpRequest
from ninja.security import HttpBearer

from shouhou.api.v1.refusals import KEY_EXPIRED, KEY_UNBOUND, SCOPE_MISSING, UNAUTHENTICATED
from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.foundation.workflow import Who
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.clock import now

SCOPES: Mapping[str, tuple[str, str]] = {
    "orders:read": ("查看订单与可办理的服务", "read orders and what they entitle to"),
    "orders:write": ("写入订单", "write orders"),
    "cases:read": ("查看售后单", "read cases"),
    "cases:write": ("提交申请、办理、留言", "apply, make moves, write messages"),
    "refunds:read": ("查看退款", "read refunds"),
    "refunds:approve": ("复核大额退款", "approve large refunds as the second person"),
    "invoices:read": ("查看开票任务", "read invoice tasks"),
    "invoices:write": ("登记开票结果", "say what became of invoice tasks"),
    "ledger:read": ("查看账簿", "read the ledger"),
    "events:read": ("读取事件流", "read the event feed"),
    "webhooks": ("管理 webhook", "manage webhooks"),
    "policies:read": ("查看政策", "read policies"),
    "points:read": ("查看服务网点", "read service points"),
    "points:write": ("维护服务网点", "keep service points"),
    "claims:read": ("查看运费险保单与理赔", "read freight policies and claims"),
    "claims:decide": ("审核运费险理赔", "decide freight claims"),
    "decisions": ("试算政策判定", "ask for policy decisions"),
    "statistics:read": ("查看服务统计", "read service statistics"),
    "team:read": ("查看团队的排班、培训与质检", "read a team's rota, training and checks"),
    "team:write": ("以团队成员名义登记排班、培训与质检", "keep rota, training and checks in the name of people of the team"),
}
_READ = frozenset({
    "orders:read", "cases:read", "refunds:read", "events:read", "policies:read", "points:read", "decisions", "claims:read",
})  # fmt: skip
_WORK = _READ | {"cases:write"}
# An insurance company's key: its own policies and claims, nothing else of the house.
INSURERS = frozenset({"claims:read", "claims:decide"})
_INVOICES = frozenset({"invoices:read", "invoices:write"})
_FIGURES = frozenset({"statistics:read"})
_TEAM = _FIGURES | {"team:read", "team:write"}
# What a key of a role may do at most; a key's own scopes only narrow it ("*" or none: all of these).
ROLE_SCOPES: Mapping[str, frozenset[str]] = {
    "shop": _WORK | _INVOICES | {"orders:write", "webhooks"},
    "consumer": frozenset({
        "orders:read", "cases:read", "cases:write", "refunds:read", "events:read", "policies:read", "points:read", "claims:read",
    }),
    "merchant_operator": _WORK | {"webhooks"},
    "merchant_manager": _WORK | _INVOICES | _TEAM | {"orders:write", "webhooks"},
    "agent": _WORK | _FIGURES | {"orders:write"},
    "reviewer": _WORK | _FIGURES,
    "supervisor": _WORK | _INVOICES | _TEAM | {"orders:write", "refunds:approve", "webhooks", "claims:decide"},
    "inspector": _WORK,
    "technician": _WORK,
    "clerk": _WORK,
    "finance": _WORK | _INVOICES | _FIGURES | {"ledger:read", "refunds:approve", "claims:decide"},
    "insurer": _READ | INSURERS,
    "arbitrator": _WORK | _FIGURES,
    "operations": _WORK | _TEAM | {"orders:write", "webhooks", "points:write"},
    "auditor": _READ | _FIGURES | {"ledger:read", "invoices:read", "team:read"},
}
BOUND_TO_SHOP = frozenset({"merchant_operator", "merchant_manager"})


@dataclass(frozen=True, slots=True)
class Caller:
    """The program behind a request. `client` names it where its idempotency keys and uploads are kept."""

    actor: Actor
    scopes: frozenset[str]
    client: str


class Key(HttpBearer):
    """`auth=Key("cases:read")`: the caller's key must carry that scope."""

    def __init__(self, scope: str) -> None:
        if scope not in SCOPES:
            raise ValueError(f"unknown scope {scope}")
        self.scope = scope
        super().__init__()

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Raises Refused: UNAUTHENTICATED, KEY_EXPIRED, KEY_UNBOUND, SCOPE_MISSING."""
        found = caller_by_token(token, at=now())
        if self.scope not in found.scopes:
            raise refused(SCOPE_MISSING, scope=self.scope)
        return found


def caller(request: HttpRequest) -> Caller:
    """Who calls; set by `Key` before the endpoint runs."""
    return cast(Caller, request.auth)  # type: ignore[attr-defined]


def house_only(found: Caller) -> Actor:
    """The actor, if it speaks for the whole house. Raises Refused(FORBIDDEN) for one shop or one buyer."""
    if found.actor.merchant_id is not None or found.actor.buyer_id is not None:
        raise refused(FORBIDDEN)
    return found.actor


def caller_by_token(token: str, *, at: datetime) -> Caller:
    """The caller a token belongs to. Raises Refused when it is unknown, switched off, expired or bound to nobody."""
    if not 8 <= len(token) <= 200:
        raise refused(UNAUTHENTICATED)
    with connection.cursor() as cursor:
        cursor.execute(FIND_KEY, [sha256(token.encode()).digest()])
        row = cursor.fetchone()
    if row is None:
        raise refused(UNAUTHENTICATED)
    key_id, name, role, scopes, merchant_id, buyer_id, active, expires_at, kind, organisation = row
    if not active:
        raise refused(UNAUTHENTICATED)
    if expires_at is not None and expires_at <= at:
        raise refused(KEY_EXPIRED)
    if (role in BOUND_TO_SHOP and merchant_id is None) or (role == "consumer" and buyer_id is None):
        raise refused(KEY_UNBOUND, role=role)
    most = ROLE_SCOPES.get(role, frozenset())
    client = f"key:{key_id}"
    insurer = organisation if role == "insurer" and kind == "partner" else None
    most = INSURERS if insurer else most
    actor = Actor(role=cast(Who, role), who=client, merchant_id=merchant_id, buyer_id=buyer_id, name=name, insurer=insurer)
    granted = most if not scopes or "*" in scopes else most & frozenset(scopes)
    return Caller(actor=actor, scopes=granted, client=client)


FIND_KEY = """
SELECT k.id, k.name, k.role, k.scopes, k.merchant_id, k.buyer_id, k.active, k.expires_at, o.kind, o.code
FROM accounts_apikey k JOIN accounts_organisation o ON o.id = k.organisation_id WHERE k.token_hash = %s
"""
