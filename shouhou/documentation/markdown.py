"""Markdown by the line: a table, a head that says where the page comes from."""

from collections.abc import Iterable, Sequence

from shouhou.accounts.models import ROLES
from shouhou.foundation.workflow import Text

ROLE_LABELS: dict[str, Text] = {
    "consumer": Text("消费者", "consumer"),
    **{code: Text(zh, en) for code, (zh, en) in ROLES.items()},
    "carrier": Text("承运商", "carrier"),
    "system": Text("系统", "system"),
}


def page(title: str, *blocks: str) -> str:
    """A whole page; empty blocks are left out."""
    note = "<!-- 由代码生成，请勿手改：make docs / drawn from the code, never edited: make docs -->"
    return "\n\n".join([note, f"# {title}", *(block for block in blocks if block)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; what stands in a cell cannot break it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def both(text: Text | None) -> str:
    return f"{text.zh} {text.en}" if text else ""


def role(code: str | None) -> str:
    return both(ROLE_LABELS[code]) if code else "–"


def code(text: str) -> str:
    return f"`{text}`"


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", "<br>")
