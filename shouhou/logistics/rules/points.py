"""A service point as somebody writes it – a row of a file, a form, a body of the API – read into facts, or told what is wrong."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from shouhou.foundation.refusals import FieldError
from shouhou.foundation.workflow import Text
from shouhou.logistics.rules.distance import LATITUDE_MOST, LONGITUDE_MOST, Spot, read_degrees
from shouhou.logistics.rules.hours import Hours, read_closings, read_week

KINDS = {
    "drop_off": Text("寄件点", "Drop-off point"), "repair": Text("维修点", "Repair centre"), "both": Text("综合服务点", "Service centre"),
}  # fmt: skip
SERVICES = {
    "drop_off": Text("送到网点", "Drop-off"), "walk_in_repair": Text("到店维修", "Walk-in repair"), "pickup": Text("上门取件", "Pickup"),
    "on_site": Text("上门服务", "On-site service"),
}  # fmt: skip
OFFERED: Mapping[str, tuple[str, ...]] = {
    "drop_off": ("drop_off",), "repair": ("walk_in_repair",), "both": ("drop_off", "walk_in_repair"),
}  # fmt: skip
# Everything that can be told of a point, in the order of the file's columns.
FIELDS = (
    "code", "name_zh", "name_en", "kind", "region_code", "address_zh", "address_en", "phone", "latitude", "longitude", "hours",
    "closings", "closed_on_holidays", "categories", "brands", "services", "merchant", "joint_warranty", "capacity_per_day",
)  # fmt: skip
LONGEST = {"name_zh": 80, "name_en": 120, "address_zh": 200, "address_en": 240, "phone": 32}
LIST_MOST = 60
CAPACITY_MOST = 100_000
YES, NO = frozenset({"true", "1", "yes", "y", "on", "是"}), frozenset({"false", "0", "no", "n", "off", "否", ""})
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,23}")
_WORD = re.compile(r"[a-z0-9_]{1,60}")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PointFacts:
    """What a service point is. `merchant` is a shop's code ("" the house's own); empty categories or brands mean all of them.

    `capacity_per_day` None is not limited, 0 takes nobody in.
    """

    code: str
    name: Text
    kind: str
    region_code: str
    address: Text
    phone: str
    spot: Spot | None
    hours: Hours
    categories: tuple[str, ...]
    brands: tuple[str, ...]
    services: tuple[str, ...]
    merchant: str
    joint_warranty: bool
    capacity_per_day: int | None


def read_point(given: Mapping[str, object]) -> tuple[PointFacts | None, tuple[FieldError, ...]]:
    """The facts, or every field that is wrong. Texts and lists are both taken: `a,b` and ["a", "b"]."""
    reader = _Reader(given)
    facts = reader.read()
    return (None if reader.errors else facts), tuple(reader.errors)


class _Reader:
    def __init__(self, given: Mapping[str, object]) -> None:
        self.given = given
        self.errors = [
            FieldError(str(name)[:40], "没有这一列", "no such field") for name in given if name not in (*FIELDS, "active")
        ]

    def read(self) -> PointFacts:
        kind = self._one("kind", KINDS)
        return PointFacts(
            code=self._code(), name=Text(self._text("name_zh"), self._text("name_en", required=False)), kind=kind,
            region_code=self._region(), address=Text(self._text("address_zh"), self._text("address_en", required=False)),
            phone=self._text("phone", required=False), spot=self._spot(), hours=self._hours(),
            categories=self._words("categories"), brands=self._list("brands"), services=self._services(kind),
            merchant=self._plain("merchant")[:40], joint_warranty=self._flag("joint_warranty"), capacity_per_day=self._capacity(),
        )  # fmt: skip

    def _plain(self, name: str) -> str:
        value = self.given.get(name)
        if isinstance(value, bool):
            return "true" if value else "false"
        return "" if value is None else str(value).replace("\x00", "").strip()

    def _wrong(self, name: str, zh: str, en: str) -> None:
        self.errors.append(FieldError(name, zh, en))

    def _code(self) -> str:
        code = self._plain("code")
        if not _CODE.fullmatch(code):
            self._wrong("code", "1–24 位字母、数字、- 或 _", "1–24 letters, digits, - or _")
        return code.upper()

    def _text(self, name: str, *, required: bool = True) -> str:
        text, most = self._plain(name), LONGEST[name]
        if len(text) > most or (required and not text):
            must = Text("必填，", "required, ") if required else Text("", "")
            self._wrong(name, f"{must.zh}最多 {most} 个字", f"{must.en}at most {most} characters")
        return text[:most]

    def _one(self, name: str, known: Mapping[str, Text]) -> str:
        value = self._plain(name)
        if value not in known:
            self._wrong(name, f"须为其一：{'、'.join(known)}", f"one of {', '.join(known)}")
        return value

    def _region(self) -> str:
        code = self._plain("region_code")
        if not re.fullmatch(r"\d{4}(\d{2})?", code):
            self._wrong("region_code", "须为 4 或 6 位行政区划代码", "a region code of 4 or 6 digits")
        return code[:6]

    def _spot(self) -> Spot | None:
        latitude, longitude = self._plain("latitude"), self._plain("longitude")
        if not latitude and not longitude:
            return None
        north = self._parsed("latitude", partial(read_degrees, most=LATITUDE_MOST), "须为十进制度数", "decimal degrees")
        east = self._parsed("longitude", partial(read_degrees, most=LONGITUDE_MOST), "须为十进制度数", "decimal degrees")
        return None if north is None or east is None else (north, east)

    def _hours(self) -> Hours:
        week = self._parsed(
            "hours", read_week, "格式如 1-5 09:00-12:00,13:30-18:00; 6 10:00-16:00，时段不可重叠",
            "like 1-5 09:00-12:00,13:30-18:00; 6 10:00-16:00, without overlaps",
        )  # fmt: skip
        closings = self._parsed(
            "closings", read_closings, "格式如 2027-02-05..2027-02-12 春节，每行一段",
            "like 2027-02-05..2027-02-12 Spring Festival, one a line",
        )  # fmt: skip
        return Hours(week or ((),) * 7, closings or (), self._flag("closed_on_holidays"))

    def _flag(self, name: str) -> bool:
        text = self._plain(name).lower()
        if text not in YES | NO:
            self._wrong(name, "须为 true 或 false", "true or false")
        return text in YES

    def _list(self, name: str) -> tuple[str, ...]:
        value = self.given.get(name)
        parts = [str(each) for each in value] if isinstance(value, list | tuple) else re.split(r"[,，、|\n]", self._plain(name))
        found = tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
        if len(found) > LIST_MOST or any(len(each) > 60 or "\x00" in each for each in found):
            self._wrong(name, f"最多 {LIST_MOST} 项，每项 60 字以内", f"at most {LIST_MOST} of at most 60 characters")
            return ()
        return found

    def _words(self, name: str) -> tuple[str, ...]:
        found = self._list(name)
        if not all(_WORD.fullmatch(each) for each in found):
            self._wrong(name, "须为品类编码（小写字母、数字、_）", "category codes (lower case letters, digits, _)")
        return found

    def _services(self, kind: str) -> tuple[str, ...]:
        found = self._list("services") or OFFERED.get(kind, ())
        unknown = [each for each in found if each not in SERVICES]
        if unknown:
            self._wrong("services", f"须为其中：{'、'.join(SERVICES)}", f"out of {', '.join(SERVICES)}")
        elif kind in OFFERED and ({"drop_off", "walk_in_repair"} & set(found)) - set(OFFERED[kind]):
            self._wrong("services", "与网点类型不符", "not what this kind of point does")
        return tuple(each for each in SERVICES if each in found)

    def _capacity(self) -> int | None:
        text = self._plain("capacity_per_day")
        if not text:
            return None
        if not text.isascii() or not text.isdigit() or len(text) > 7 or int(text) > CAPACITY_MOST:
            self._wrong("capacity_per_day", f"须为 0–{CAPACITY_MOST} 的整数，留空不限", f"0–{CAPACITY_MOST}; empty is unlimited")
            return None
        return int(text)

    def _parsed(self, name: str, read: Callable[[str], T], zh: str, en: str) -> T | None:
        try:
            return read(self._plain(name))
        except ValueError:
            self._wrong(name, zh, en)
            return None
