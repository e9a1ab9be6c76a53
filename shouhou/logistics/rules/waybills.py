"""Whose waybill a number is: the shapes that are known, each with where it is known from."""

import re
from dataclasses import dataclass

from shouhou.foundation.workflow import Text
from shouhou.logistics.rules.couriers import COURIERS, Courier, fits, normalised

# Nobody publishes the shapes of all; these are what the couriers' own query pages take and what open tables agree on.
LETTERS = "承运商电子面单前缀 the courier's own label prefix"
OPEN_TABLE = "github.com/BF-zh/Courier-Validation 97e7d48 src/pattern"
UPU = "UPU S10 (postal item identifier, check digit modulo 11)"
S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


@dataclass(frozen=True, slots=True)
class Shape:
    """Numbers of one courier that match `pattern` whole. `sure`: nobody else's number looks like this."""

    courier: str
    pattern: str
    words: Text
    source: str
    sure: bool = False


def _shape(courier: str, pattern: str, zh: str, en: str, source: str, *, sure: bool = False) -> Shape:
    return Shape(courier, pattern, Text(zh, en), source, sure)


SHAPES: tuple[Shape, ...] = (
    _shape("SF", r"SF\d{12,13}", "SF 加 12–13 位数字", "SF and 12–13 digits", LETTERS, sure=True),
    _shape("JD", r"JD[A-Z]{0,2}\d{10,13}", "JD 开头", "begins with JD", LETTERS, sure=True),
    _shape("YTO", r"YT\d{13}", "YT 加 13 位数字", "YT and 13 digits", f"{LETTERS}; {OPEN_TABLE}/YTO.ts", sure=True),
    _shape("JTSD", r"JT\d{12,13}", "JT 加 12–13 位数字", "JT and 12–13 digits", f"{LETTERS}; {OPEN_TABLE}/JT.ts", sure=True),
    _shape("DBL", r"DP[A-Z]\d{12}", "DP 开头", "begins with DP", f"{LETTERS}; {OPEN_TABLE}/DPK.ts", sure=True),
    _shape("ZTO", r"ZTO\d{12,13}", "ZTO 开头", "begins with ZTO", LETTERS, sure=True),
    _shape("STO", r"STO\d{10,13}", "STO 开头", "begins with STO", LETTERS, sure=True),
    _shape("YD", r"YD\d{13}", "YD 加 13 位数字", "YD and 13 digits", LETTERS, sure=True),
    _shape("EMS", r"E[A-Z]\d{9}CN", "E 开头、CN 结尾，共 13 位", "13 characters from E to CN", UPU, sure=True),
    _shape("HKPOST", r"[A-Z]{2}\d{9}HK", "HK 结尾，共 13 位", "13 characters that end in HK", UPU, sure=True),
    _shape("FAKE", r"FK\d{10,14}", "FK 开头", "begins with FK", "shouhou/logistics/carriers/fake", sure=True),
    _shape("ZTO", r"7[3-68]\d{12}", "73–76、78 开头的 14 位数字", "14 digits from 73–76 or 78", f"{OPEN_TABLE}/ZTO.ts"),
    _shape("STO", r"(77|43)\d{12,13}", "77、43 开头的 14–15 位数字", "14–15 digits from 77 or 43", f"{OPEN_TABLE}/STO.ts"),
    _shape("YD", r"[34]\d{14}|5\d{12}", "15 位（3、4 开头）或 13 位（5 开头）", "15 digits from 3, 4; 13 from 5", f"{OPEN_TABLE}/YUNDA.ts"),
    _shape("EMS", r"1\d{12}", "1 开头的 13 位数字", "13 digits from 1", f"{OPEN_TABLE}/EMS.ts"),
    _shape("YZPY", r"9\d{12}", "9 开头的 13 位数字", "13 digits from 9", f"{OPEN_TABLE}/EMS.ts"),
    _shape("CNSD", r"621\d{12}", "621 开头的 15 位数字", "15 digits from 621", f"{OPEN_TABLE}/CN.ts"),
    _shape("SF", r"\d{12}", "12 位数字", "12 digits", "顺丰老面单 SF's older labels"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recognised:
    """The number as the carrier prints it; the one courier it surely is, and those it may be, best known first."""

    number: str
    sure: Courier | None
    maybe: tuple[Courier, ...]


def recognise(waybill: str) -> Recognised:
    """What the shape of a number says; nothing for a number of no known shape or with a wrong check digit."""
    number = normalised(waybill)
    found = [shape for shape in SHAPES if re.fullmatch(shape.pattern, number) and _check(shape, number)]
    couriers = tuple(dict.fromkeys(COURIERS[shape.courier] for shape in found if fits(number, COURIERS[shape.courier])))
    sure = next((COURIERS[shape.courier] for shape in found if shape.sure), None)
    return Recognised(number, sure, couriers)


def _check(shape: Shape, number: str) -> bool:
    if shape.source != UPU:
        return True
    digits = [int(digit) for digit in number[2:11]]
    rest = 11 - sum(digit * weight for digit, weight in zip(digits[:8], S10_WEIGHTS, strict=True)) % 11
    return digits[8] == {10: 0, 11: 5}.get(rest, rest)
