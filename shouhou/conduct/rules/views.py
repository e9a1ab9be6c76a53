"""A text seen through three pairs of eyes: as plain letters, without disguise, and as digits; each knows its way back. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# Marks that people put between letters to slip through; punctuation that ends a thought is not among them.
FILLERS = frozenset(" \t\u3000.·•・_-—–~～*＊|¦/\\^=+`'\"“”‘’()（）[]【】{}<>《》「」『』#&%$★☆●○◆◇■□▲△▼▽※→←↑↓…")
DIGITS = {
    **dict(zip("零一二三四五六七八九", "0123456789", strict=True)), **dict(zip("〇壹贰叁肆伍陆柒捌玖", "0123456789", strict=True)),
    **dict(zip("貳參陸", "236", strict=True)), "幺": "1", "两": "2", "洞": "0", "拐": "7", "勾": "9",
}  # fmt: skip
BETWEEN_DIGITS = frozenset(" \t\u3000-–—_.·•/\\|,，、。~～()（）")
_OLD = "寶買賣聯繫繋絡電話號碼銀帳賬戶轉爾們點擊優惠雙發貨換這個還來請訂單開維貴國產質騙偽壞滾媽豬"
_NEW = "宝买卖联系系络电话号码银账账户转尔们点击优惠双发货换这个还来请订单开维贵国产质骗伪坏滚妈猪"
TRADITIONAL = dict(zip(_OLD, _NEW, strict=True))
_LOOSE_ZERO = re.compile(r"(?<=\d)[oO](?=\d|[oO])|(?<=[\d])[lI](?=\d)")


@dataclass(frozen=True, slots=True)
class View:
    """A rewritten text; `origin[i]` is where its i-th character stood in the text as it was written."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of the view in places of the original."""
        return self.origin[start], self.origin[end - 1] + 1


@dataclass(frozen=True, slots=True)
class Views:
    """`plain`: one width, small letters, no invisible characters, simplified. `bare`: without fillers between letters.
    `digits`: spoken and written-out digits as digits, nothing between them."""

    original: str
    plain: View
    bare: View
    digits: View


def views_of(text: str) -> Views:
    """All views of a text. Digits of a masked number (138****0000) stay apart: stars are no way to write a number."""
    plain = _plain(text)
    return Views(text, plain, _bare(plain), _digits(plain))


def _plain(text: str) -> View:
    kept: list[tuple[str, int]] = []
    for place, character in enumerate(text):
        for one in unicodedata.normalize("NFKC", character).casefold():
            if unicodedata.category(one) in ("Cf", "Mn", "Me", "Cc") and one not in "\n\t":
                continue
            kept.append((TRADITIONAL.get(one, one), place))
    return _view(kept)


def _bare(plain: View) -> View:
    return _view(
        (character, place) for character, place in zip(plain.text, plain.origin, strict=True) if character not in FILLERS
    )


def _digits(plain: View) -> View:
    text = _LOOSE_ZERO.sub(lambda found: "0" if found.group() in "oO" else "1", plain.text)
    kept: list[tuple[str, int]] = []
    held: list[tuple[str, int]] = []
    for character, place in zip(text, plain.origin, strict=True):
        digit = DIGITS.get(character, character)
        if digit.isascii() and digit.isdigit():
            held = [] if kept and kept[-1][0].isdigit() else held
            kept += [*held, (digit, place)]
            held = []
        elif character in BETWEEN_DIGITS and kept and kept[-1][0].isdigit() and len(held) < 3:
            held.append((character, place))
        else:
            kept += [*held, (character, place)]
            held = []
    return _view([*kept, *held])


def _view(kept: Iterable[tuple[str, int]]) -> View:
    pairs = list(kept)
    return View("".join(character for character, _ in pairs), tuple(place for _, place in pairs))
