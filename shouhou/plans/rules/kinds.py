"""Kinds of plans as data: what they cover, what they leave out, their usual limits; a house may add its own in a file."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import yaml
from msgspec import Meta, Struct

from shouhou.foundation.refusals import refusal, refused
from shouhou.foundation.workflow import Text

PLAN_KINDS_INVALID = refusal(
    "PLAN_KINDS_INVALID", "invalid", zh="保障计划种类文件 {file} 有误：{reason}", en="The file of plan kinds {file} is wrong: {reason}"
)
OWN_FILE = "SHOUHOU_PLAN_KINDS"
"""The environment variable that names a YAML file of further kinds; a kind of the same code takes the shipped one's place."""
DOCUMENTS: dict[str, Text] = {
    "purchase_record": Text("购买记录（订单即可）", "proof of purchase (the order will do)"),
    "damage_photo": Text("损坏部位照片", "a photo of the damage"),
    "serial_photo": Text("序列号或 IMEI 照片", "a photo of the serial number or IMEI"),
    "account_of_accident": Text("事故经过说明", "how it happened"),
}
Fact = Literal["extended", "screen", "accident"]
Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
Whole = Annotated[int, Meta(ge=0, le=100_000_000)]


class Kind(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One kind of plan. Empty `faults` or `categories`: all. `claims_most`, `cap_minor` None: without a limit."""

    label: Text
    terms: Text
    fact: Fact
    causes: frozenset[str]
    faults: frozenset[str] = frozenset()
    excluded_faults: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    months: Annotated[int, Meta(ge=1, le=240)]
    waiting_days: Annotated[int, Meta(ge=0, le=365)] = 0
    claims_most: Annotated[int, Meta(ge=1, le=100)] | None = None
    cap_minor: Whole | None = None
    deductible_minor: Whole = 0
    documents: tuple[str, ...] = ()
    refund: Literal["pro_rata", "full", "none"] = "pro_rata"
    # What it costs of what the goods have cost, and how long after their arrival it may be bought; None: not sold here.
    price_percent: Annotated[int, Meta(ge=1, le=100)] | None = None
    offer_days: Annotated[int, Meta(ge=0, le=365)] = 0
    # What is eaten, used up, worn or downloaded is not offered it: nothing of it is ever repaired.
    not_offered_for: frozenset[str] = frozenset()
    sources: tuple[str, ...]


def kinds() -> Mapping[str, Kind]:
    """Every kind by its code, in the order of their files. Raises PLAN_KINDS_INVALID."""
    return _kinds(os.environ.get(OWN_FILE, ""))


@cache
def _kinds(own: str) -> Mapping[str, Kind]:
    found = _read(Path(__file__).with_name("kinds.yaml"))
    return {**found, **_read(Path(own))} if own else found


def _read(path: Path) -> dict[str, Kind]:
    try:
        found = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), dict[Code, Kind])
    except (OSError, msgspec.ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise refused(PLAN_KINDS_INVALID, file=path.name, reason=str(error)[:300]) from error
    for code, kind in found.items():
        unknown = sorted({*kind.documents} - {*DOCUMENTS})
        if unknown or not kind.causes:
            raise refused(PLAN_KINDS_INVALID, file=path.name, reason=f"{code}: documents {unknown} unknown, or no causes")
    return found
