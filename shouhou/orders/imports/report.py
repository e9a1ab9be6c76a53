"""The account of an import: every row and every order of the file, by what became of it."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shouhou.orders.actions import LineAnswer
from shouhou.orders.imports.shaping import Shaped

SAMPLE = 50


class Account:
    """Adds up; kept in the import's row with its position, so that a restart goes on where it stood."""

    def __init__(self, kept: Mapping[str, Any], errors: Path) -> None:
        self.rows = Counter[str](kept.get("rows", {}))
        self.documents = Counter[str](kept.get("documents", {}))
        self.orders = Counter[str](kept.get("orders", {}))
        self.refused = Counter[str](kept.get("refused", {}))
        self.difference = Counter[str](kept.get("difference_minor", {}))
        self.sample: list[dict[str, Any]] = list(kept.get("sample", []))
        self.file, self.written = errors, int(kept.get("errors_bytes", 0))
        # What a killed run wrote beyond its last commit is written again.
        if self.file.exists():
            with self.file.open("r+b") as file:
                file.truncate(min(self.written, self.file.stat().st_size))

    def read(self, shaped: Shaped) -> None:
        """A document of the file, before its orders are put."""
        self.documents["read"] += 1
        self.rows.update(shaped.rows)
        if len(shaped.orders) > 1:
            self.documents["split"] += 1
            self.documents["extra_parts"] += len(shaped.orders) - 1
        if shaped.straggler:
            self.documents["moved_to_the_end"] += 1

    def refuse(self, *, row: int, key: str | None, code: str, detail: str = "", fields: list[str] | None = None) -> None:
        """Something was not taken: counted by code, the first ones shown, all of them in the file."""
        self.refused[code] += 1
        entry: dict[str, Any] = {"row": row, "key": key, "code": code}
        if detail:
            entry |= {"detail": detail, "fields": fields or []}
        if len(self.sample) < SAMPLE and code not in ("CREDIT_NOTE", "ORDER_WITHOUT_LINES"):
            self.sample.append(entry)
        line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("ab") as file:
            file.write(line)
        self.written += len(line)

    def answer(self, answer: LineAnswer, *, row: int, currency: str) -> None:
        """An order was put."""
        self.orders[answer.outcome] += 1
        if answer.refusal is not None:
            fields = [error.field for error in answer.errors][:10]
            self.refuse(
                row=row, key=answer.number, code=answer.refusal.code, detail=answer.refusal.sentence("en")[:300], fields=fields
            )
        elif answer.difference_minor:
            self.orders["unreconciled"] += 1
            self.difference[currency] += answer.difference_minor
            self.difference[f"{currency} absolute"] += abs(answer.difference_minor)

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": dict(self.rows), "documents": dict(self.documents), "orders": dict(self.orders),
            "refused": dict(self.refused), "difference_minor": dict(self.difference), "sample": self.sample,
            "errors_bytes": self.written, "errors_file": self.file.name if self.written else None,
        }  # fmt: skip
