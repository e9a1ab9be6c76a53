"""Canned words filled with facts; what is not known is named, never sent as a gap. Pure."""

import re
from collections.abc import Mapping

from shouhou.foundation.refusals import refusal, refused
from shouhou.foundation.workflow import Text

VARIABLES = {
    "buyer": Text("买家称呼", "the buyer's name"), "agent": Text("我的姓名", "my name"), "shop": Text("商家名称", "the shop"),
    "order": Text("订单号", "the order's number"), "case": Text("售后单号", "the case's number"),
    "status": Text("售后状态", "the case's state"), "due": Text("当前期限", "the present limit"),
    "number": Text("会话编号", "this talk's number"),
}  # fmt: skip
PLACE = re.compile(r"\{([a-z_]+)\}")
CANNED_UNKNOWN = refusal(
    "CANNED_UNKNOWN", "invalid", zh="没有变量 {names}；可用：{known}。", en="There is no variable {names}; use: {known}."
)
CANNED_MISSING = refusal(
    "CANNED_MISSING", "conflict",
    zh="这条常用语需要“{names}”，本会话没有，未插入。", en="This reply needs “{names_en}”, which this conversation has not.",
)  # fmt: skip


def check(text: str) -> None:
    """Raises CANNED_UNKNOWN for a variable that nobody could fill."""
    strange = sorted(set(PLACE.findall(text)) - VARIABLES.keys())
    if strange:
        raise refused(CANNED_UNKNOWN, names=", ".join(strange), known=", ".join(VARIABLES))


def filled(text: str, facts: Mapping[str, str]) -> str:
    """The words with their facts. Raises CANNED_MISSING naming what is not known here."""
    missing = [name for name in dict.fromkeys(PLACE.findall(text)) if not facts.get(name)]
    if missing:
        words = [VARIABLES[name] for name in missing if name in VARIABLES]
        raise refused(CANNED_MISSING, names="、".join(word.zh for word in words), names_en=", ".join(word.en for word in words))
    return PLACE.sub(lambda found: facts[found.group(1)], text)
