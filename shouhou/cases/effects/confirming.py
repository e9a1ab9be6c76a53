"""The consumer's word on what goes into the parcel, kept with the case and compared with what is unpacked (APP-15, APP-17)."""

from collections.abc import Iterable, Mapping
from typing import Any

from shouhou.cases.answers import invalid
from shouhou.cases.confirmed import SERIALS_PER_UNIT, as_sold, confirmed, differing, same, to_confirm
from shouhou.cases.effects.said import say
from shouhou.cases.moving import Moving
from shouhou.cases.rows import ItemRow
from shouhou.foundation.refusals import FieldError

SERIAL_MOST = 80


def confirm(moving: Moving) -> None:
    """Every serial that is sent, and whether the accessories are with it; a new word replaces the old one.

    Raises ANSWERS_INVALID for a line that needs none or stands twice, too few or too many serials, and for missing
    accessories that are not named.
    """
    answers, items = moving.answers, {item.line: item for item in to_confirm(moving.case)}
    told = _told(items, answers["items"])
    if answers["accessories"] == "missing" and not answers.get("note"):
        raise invalid(FieldError("note", "请写明缺少什么。", "Say what is missing."))
    strange = [
        serial for line, serials in told.items() for serial in serials
        if items[line].sold_serials and serial not in items[line].sold_serials
    ]  # fmt: skip
    if strange:
        names = "、".join(strange)
        say(moving, f"消费者寄出前确认的序列号 {names} 不是本单售出的。请消费者再核对一次，可以修改；确属此件的仍可寄回，验收时会核对。",
            f"The serial confirmed before sending, {', '.join(strange)}, was not sold with this order. Please check it again; it can be "
            "corrected. The goods may still be sent: the inspection compares them.")  # fmt: skip
    answers["items"] = [{"line": line, "serials": serials} for line, serials in told.items()]
    moving.note(confirmed={
        "items": {str(line): serials for line, serials in told.items()}, "strange": strange,
        "accessories": answers["accessories"], "note": answers.get("note", ""), "by": moving.actor.role,
        "at": moving.now.isoformat(),
    })  # fmt: skip


def compare(moving: Moving) -> None:
    """After the unpacking record: other serials than those sold or confirmed are told to both sides."""
    answers = moving.answers
    came = {
        int(each["line"]): [str(serial) for serial in each.get("serials", ())]
        for each in answers.get("items", ()) if each.get("line") is not None
    }  # fmt: skip
    if other := differing(moving.case, came):
        answers["serials_differ"] = other
    unlike = list(dict.fromkeys([*answers.get("serial_mismatch", ()), *other]))
    if not unlike:
        return
    told = [serial for serials in (confirmed(moving.case).get("items") or {}).values() for serial in serials]
    word_zh = f"（寄出前确认的是 {'、'.join(told)}）" if other else ""
    word_en = f" (confirmed before sending: {', '.join(told)})" if other else ""
    say(moving, f"开箱登记的序列号 {'、'.join(unlike)} 与售出或寄出前确认的不一致{word_zh}。验收时会核对；消费者可在本单留言说明。",
        f"The serial unpacked, {', '.join(unlike)}, is not the one sold or confirmed before sending{word_en}. The inspection compares "
        "them; the consumer may explain it here.")  # fmt: skip


def _told(items: Mapping[int, ItemRow], rows: Iterable[Mapping[str, Any]]) -> dict[int, list[str]]:
    """Line → serials as sold, each once."""
    told: dict[int, list[str]] = {}
    for row in rows:
        line, serials = row.get("line"), row.get("serials", [])
        if not isinstance(line, int) or line not in items or line in told:
            raise invalid(FieldError("items", f"第 {line} 行不需要确认，或重复填写。", f"Line {line} needs none, or stands twice."))
        if not isinstance(serials, list) or not all(isinstance(each, str) and len(each) <= SERIAL_MOST for each in serials):
            raise invalid(FieldError("items", "序列号格式不对。", "Serials are a list of texts."))
        kept = {same(each): as_sold(each, items[line].sold_serials) for each in serials if same(each)}
        told[line] = list(kept.values())
    for line, item in items.items():
        given = len(told.get(line, ()))
        if not item.quantity <= given <= item.quantity * SERIALS_PER_UNIT:
            raise invalid(FieldError(
                "items", f"“{item.title}”寄回 {item.quantity} 件，请确认每件的序列号（现有 {given} 个）。",
                f"{item.quantity} of “{item.title}” go back: confirm the serial of each ({given} given).",
            ))  # fmt: skip
    return told
