"""Roles, errors and events: what the registries in the code hold, as tables."""

import importlib
import pkgutil
from collections import defaultdict

import shouhou
from shouhou.cases.workflows import WORKFLOWS
from shouhou.documentation.markdown import ROLE_LABELS, both, code, page, role, table
from shouhou.foundation.refusals import HTTP_STATUS, REFUSALS
from shouhou.plumbing.events import EVENT_TYPES


def pages() -> dict[str, str]:
    """`roles.md`, `errors.md`, `events.md`."""
    _load_all()
    return {"roles.md": _roles(), "errors.md": _errors(), "events.md": _events()}


def _load_all() -> None:
    """A refusal is known once its module is loaded: load them all, so that the list never depends on who asks."""
    for module in pkgutil.walk_packages(shouhou.__path__, "shouhou."):
        if not {"tests", "migrations", "testing", "wsgi"} & set(module.name.split(".")):
            importlib.import_module(module.name)


def _roles() -> str:
    blocks = []
    for workflow in WORKFLOWS.values():
        who_may = [who for who in ROLE_LABELS if any(who in move.by for move in workflow.moves)]
        blocks.append(f"## {both(workflow.label)}")
        blocks.append(
            table(
                ["操作 move", "", *(role(who) for who in who_may)],
                (
                    [code(move.name), both(move.label), *("●" if who in move.by else "" for who in who_may)]
                    for move in workflow.moves
                ),
            )
        )
    return page(
        "角色与权限 Roles",
        "谁可以做哪一步。商家角色只限本店，消费者只限本人。陌生人得到 404。\n\n"
        "Who may make which move. Merchant roles are bound to their shop, consumers to themselves; a stranger gets 404.",
        table(["角色 role", ""], ([code(name), both(text)] for name, text in ROLE_LABELS.items())),
        *blocks,
    )


def _errors() -> str:
    rows = (
        [code(name), HTTP_STATUS[what.kind], what.zh, what.en]
        for name, what in sorted(REFUSALS.items(), key=lambda item: (HTTP_STATUS[item[1].kind], item[0]))
    )
    return page(
        "错误 Errors",
        "接口以 `application/problem+json`（RFC 9457）作答，`code` 为下表代码，`detail` 为调用方语言的一句话。\n\n"
        "The API answers `application/problem+json` (RFC 9457); `code` is from this table, `detail` is the sentence in the "
        "caller's language.",
        table(["code", "HTTP", "中文", "English"], rows),
    )


def _events() -> str:
    groups = defaultdict(list)
    for event in EVENT_TYPES.values():
        groups[event.name.split(".")[0]].append(event)
    blocks = []
    for group, events in sorted(groups.items()):
        blocks.append(f"## {group}")
        for event in events:
            blocks.append(f"### `{event.name}` {both(event.label)}")
            blocks.append(
                table(["字段 field", "含义 meaning"], ([code(name), text] for name, text in event.fields.items()))
            )
    return page(
        "事件 Events",
        "`GET /api/v1/events?after=` 给出完整有序的事件流；Webhook 送达同样的内容。\n\n"
        "`GET /api/v1/events?after=` is the complete, ordered feed; webhooks deliver the same.",
        *blocks,
    )
