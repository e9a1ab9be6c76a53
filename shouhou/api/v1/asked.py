"""What services and moves ask for, as JSON Schemas drawn from the catalogue: the same rules as `cases/answers.py` applies."""

from collections.abc import Mapping, Sequence
from typing import Any

from shouhou.cases.answers import ITEMS_MOST, MONEY_MOST, TEXT_MOST
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.workflow import Ask, Text

REF = "#/components/schemas/"
FILES_MOST = 9


def answer_schemas() -> dict[str, Any]:
    """A schema for each service's application and for every distinct set of questions of a move, by name."""
    return {name: schema_of(asks, label) for name, (asks, label) in sorted(_named().items())}


def services_index() -> dict[str, Any]:
    """Per service: the schema of its application's answers, and per move where it starts, leads, who may, and its answers."""
    return {
        service: {
            "zh": workflow.label.zh, "en": workflow.label.en,
            **({"answers": {"$ref": REF + _application(service)}} if workflow.applying.asks else {}),
            "moves": {
                move.name: {
                    "zh": move.label.zh, "en": move.label.en, "from": sorted(move.sources), "to": sorted(move.targets),
                    "by": sorted(move.by), **({"to_service": move.to_service} if move.to_service else {}),
                    **({"answers": {"$ref": REF + _of_move(service, move.name)}} if move.asks else {}),
                }
                for move in workflow.moves
            },
        }
        for service, workflow in WORKFLOWS.items()
    }  # fmt: skip


def schema_of(asks: Sequence[Ask], label: Text) -> dict[str, Any]:
    """An object with one property per question; what nobody asked for is refused."""
    needed = [ask.field for ask in asks if ask.required]
    return {
        "type": "object", "title": f"{label.zh} {label.en}", "properties": {ask.field: _property(ask) for ask in asks},
        "additionalProperties": False, **({"required": needed} if needed else {}),
    }  # fmt: skip


def _property(ask: Ask) -> dict[str, Any]:
    told = f"{ask.label.zh} {ask.label.en}"
    if ask.help:
        told += f"（{ask.help.zh} {ask.help.en}）"
    if ask.choices:
        told += "：" + "; ".join(f"`{code}` {label.zh} {label.en}" for code, label in ask.choices.items())
    return {"description": told, **_kind(ask)}


def _kind(ask: Ask) -> dict[str, Any]:
    match ask.type:
        case "text":
            return {"type": "string", "maxLength": ask.most or TEXT_MOST} | ({"pattern": r"\S"} if ask.required else {})
        case "choice":
            return {"type": "string", "maxLength": 120} | ({"enum": list(ask.choices)} if ask.choices else {})
        case "number" | "money":
            return {"type": "integer", "minimum": 0, "maximum": ask.most or MONEY_MOST}
        case "boolean":
            return {"type": "boolean"}
        case "date":
            return {"type": "string", "format": "date"}
        case "instant":
            return {"type": "string", "format": "date-time"}
        case "files":
            return {"type": "array", "items": {"type": "string", "maxLength": 60}, "maxItems": ask.most or FILES_MOST}
        case "items":
            return {"type": "array", "items": {"type": "object"}, "maxItems": ITEMS_MOST}
    return {"type": "object", "maxProperties": 40} | ({"propertyNames": {"enum": list(ask.choices)}} if ask.choices else {})


def _named() -> Mapping[str, tuple[Sequence[Ask], Text]]:
    found: dict[str, tuple[Sequence[Ask], Text]] = {}
    for service, workflow in WORKFLOWS.items():
        if workflow.applying.asks:
            found[_application(service)] = (workflow.applying.asks, workflow.label)
        for move in workflow.moves:
            if move.asks:
                found[_of_move(service, move.name)] = (move.asks, move.label)
    return found


def _application(service: str) -> str:
    return f"Apply{_title(service)}Answers"


def _of_move(service: str, name: str) -> str:
    """`ShipAnswers` belongs to the first service that asks so; one that asks other things of the same move has its own."""
    asks = WORKFLOWS[service].need(name).asks
    first = next(other for other in WORKFLOWS.values() if (move := other.move(name)) and move.asks)
    own = first.need(name).asks != asks
    return f"{_title(service) if own else ''}{_title(name)}Answers"


def _title(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
