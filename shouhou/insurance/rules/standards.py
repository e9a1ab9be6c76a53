"""Claim standards as data: what one way costs by route and weight (INS-04)."""

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

STANDARDS_INVALID = refusal(
    "INSURANCE_STANDARDS_INVALID", "invalid", zh="运费险理赔标准文件 {file} 有误：{reason}",
    en="The file of claim standards {file} is wrong: {reason}",
)  # fmt: skip
OWN_FILE = "SHOUHOU_INSURANCE_STANDARDS"
Route = Literal["same_city", "same_province", "other_province", "remote"]
ROUTES: dict[str, Text] = {
    "same_city": Text("同城", "same city"), "same_province": Text("省内", "same province"),
    "other_province": Text("跨省", "another province"), "remote": Text("偏远地区", "remote region"),
}  # fmt: skip
# Xinjiang, Tibet, Qinghai, Inner Mongolia, Ningxia, Hong Kong, Macau, Taiwan: couriers price them apart.
REMOTE = frozenset({"65", "54", "63", "15", "64", "81", "82", "71"})
Minor = Annotated[int, Meta(ge=0, le=100_000_00)]
Grams = Annotated[int, Meta(ge=1, le=1_000_000)]


class Price(Struct, forbid_unknown_fields=True, frozen=True):
    """Minor units for the first portion, and for each further one that has begun."""

    first: Minor
    more: Minor


class Standard(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One table of an insurer."""

    label: Text
    currency: str
    first_grams: Grams
    more_grams: Grams
    routes: dict[Route, Price]


def standards() -> Mapping[str, Standard]:
    """Every table by its code. Raises INSURANCE_STANDARDS_INVALID."""
    return _standards(os.environ.get(OWN_FILE, ""))


def route(start: str, end: str) -> Route:
    """The route between two region codes; an unknown place counts as another province."""
    if len(start) >= 4 and len(end) >= 4 and start[:4] == end[:4]:
        return "same_city"
    if len(start) >= 2 and len(end) >= 2 and start[:2] == end[:2]:
        # The districts of a municipality are one city, though their codes stand below two headings.
        return "same_city" if start[:2] in ("11", "12", "31", "50") else "same_province"
    return "remote" if REMOTE & {start[:2], end[:2]} else "other_province"


def standard_minor(standard: Standard, *, route: Route, grams: int | None) -> int:
    """What one way is worth; a weight nobody knows is the first portion."""
    price = standard.routes[route]
    beyond = max(0, (grams or 0) - standard.first_grams)
    return price.first + -(-beyond // standard.more_grams) * price.more


@cache
def _standards(own: str) -> Mapping[str, Standard]:
    found = _read(Path(__file__).with_name("standards.yaml"))
    return {**found, **_read(Path(own))} if own else found


def _read(path: Path) -> dict[str, Standard]:
    try:
        found = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), dict[str, Standard])
    except (OSError, msgspec.ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise refused(STANDARDS_INVALID, file=path.name, reason=str(error)[:300]) from error
    for code, standard in found.items():
        if len(standard.routes) != len(ROUTES):
            raise refused(STANDARDS_INVALID, file=path.name, reason=f"{code}: every one of {', '.join(ROUTES)}")
    return found
