"""Regions: from an address as people write it to its region code, and whether the own network serves it (ADD-06)."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

REGIONS_FILE = Path(__file__).parent / "data" / "regions.txt"
OWN_AREA_FILE = Path(__file__).parent / "data" / "own_area.txt"
_ENDINGS = re.compile(r"(特别行政区|新区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|自治县|地区|省|市|区|县|盟)$")
_FILLER = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


def in_area(region_code: str, areas: Mapping[str, bool]) -> bool:
    """Whether the code is served: the longest prefix of it in `areas` decides; an unknown region ("") never is."""
    known = (areas[region_code[:length]] for length in range(len(region_code), 1, -1) if region_code[:length] in areas)
    return next(known, False)


@cache
def own_area() -> Mapping[str, bool]:
    """The own delivery area to begin with; the table of changes stands over it."""
    return {line.split(" ", 1)[0]: True for line in OWN_AREA_FILE.read_text(encoding="utf-8").splitlines()}


def region_code(address: Mapping[str, object]) -> str:
    """The finest region code of an address: stated, else read from `region` and `address`; "" when unknown."""
    stated = str(address.get("region_code") or "").strip()
    if re.fullmatch(r"\d{2,6}", stated):
        return stated
    region = str(address.get("region") or "").strip()
    if re.fullmatch(r"\d{2,6}", region):
        return region
    return read_region(region + str(address.get("address") or ""))


def read_region(text: str) -> str:
    """四川省成都市锦江区… → 510104, 上海浦东 → 310115; 成都 alone → "" (no province, no guess)."""
    rest, code = re.sub(r"[\s,，/·-]+", "", text), ""
    for length in (2, 4, 6):
        found = _first(rest, parents=_parents(code, length), length=length)
        if found is not None:
            code, name = found
            rest = rest[len(name) :]
    return code


def _parents(code: str, length: int) -> frozenset[str]:
    """A municipality's districts stand below a filler ("市辖区") that nobody writes."""
    if length == 2:
        return frozenset({""})
    if length == 6 and len(code) == 2:
        return frozenset(child for child, name in _children(code) if name in _FILLER)
    return frozenset({code} if len(code) == length - 2 else ())


def _first(text: str, *, parents: frozenset[str], length: int) -> tuple[str, str] | None:
    names = [
        (code, written)
        for parent in parents
        for code, name in _children(parent)
        if name not in _FILLER
        for written in (name, _short(name, length))
        if written and text.startswith(written)
    ]
    return max(names, key=lambda found: len(found[1]), default=None)


def _short(name: str, length: int) -> str:
    """四川省 → 四川; a name of two characters is not shortened further."""
    short = _ENDINGS.sub("", name)
    return short if len(short) >= 2 else name


@cache
def _children(parent: str) -> tuple[tuple[str, str], ...]:
    return tuple(_by_parent().get(parent, ()))


@cache
def _by_parent() -> dict[str, list[tuple[str, str]]]:
    """All divisions, read once: about 3,400 rows of code and name."""
    children: dict[str, list[tuple[str, str]]] = {}
    for line in REGIONS_FILE.read_text(encoding="utf-8").splitlines():
        code, name = line.split(" ", 1)
        children.setdefault(code[:-2], []).append((code, name))
    return children


def region_names(code: str) -> tuple[str, ...]:
    """510104 → ("四川省", "成都市", "锦江区"); 310115 → ("上海市", "浦东新区"); () when there is no such code."""
    names = _by_code()
    if code not in names:
        return ()
    every = (names.get(code[:length], "") for length in range(2, len(code) + 1, 2))
    return tuple(name for name in every if name and name not in _FILLER)


@cache
def _by_code() -> dict[str, str]:
    lines = (line.partition(" ") for line in REGIONS_FILE.read_text(encoding="utf-8").splitlines())
    return {code: name for code, _, name in lines}
