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
BETWEEN_DIGITS = frozenset(" \t\u3000-–—_.·•/\\|,，、。~～()（）加杠")
_OLD = "帐寶買賣聯繫繋絡電話號碼銀帳賬戶轉爾們點擊優惠雙發貨換這個還來請訂單開維貴國產質騙偽壞滾媽豬"
_NEW = "账宝买卖联系系络电话号码银账账户转尔们点击优惠双发货换这个还来请订单开维贵国产质骗伪坏滚妈猪"
TRADITIONAL = dict(zip(_OLD, _NEW, strict=True))
# Pictures that stand for the word they show.
PICTURED = {"🍑": "桃", "🐧": "企鹅"}
# A heart stands for 信 (sincere) after what sounds like 微: the messenger.
HEARTS, BEFORE_HEART = frozenset("❤♥"), frozenset("微薇威维卫魏徽溦葳v")
# Letters that look like digits, within something as long as a telephone number that is digits for the most part.
_LOOKS_LIKE = str.maketrans("oil", "011")
_NUMBER_LIKE = re.compile(r"(?<![a-z0-9])[\doil](?:[ .()-]{0,2}[\doil]){6,20}(?![a-z0-9])")
_LOOSE_MOST = 3
_SPELLED = re.compile(r"(?<![a-z0-9])[a-z0-9](?: [a-z0-9@.])+(?![a-z0-9])")


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
            kept += [(written, place) for written in PICTURED.get(one, TRADITIONAL.get(one, one))]
    return _view(kept)


def joined(plain: View) -> View:
    """The same with letters that were spelled out one by one ("c o m") written together."""
    gaps = {
        place for found in _SPELLED.finditer(plain.text) for place in range(*found.span()) if plain.text[place] == " "
    }
    return _view(pair for place, pair in enumerate(zip(plain.text, plain.origin, strict=True)) if place not in gaps)


def _bare(plain: View) -> View:
    kept: list[tuple[str, int]] = []
    for character, place in zip(plain.text, plain.origin, strict=True):
        if character in HEARTS and kept and kept[-1][0] in BEFORE_HEART:
            kept[-1:] = [("微", kept[-1][1]), ("信", place)]
        elif not _fills(character):
            kept.append((character, place))
    return _view(kept)


def _fills(character: str) -> bool:
    """Marks and pictures."""
    return character in FILLERS or unicodedata.category(character) in ("So", "Sk")


def _digits(plain: View) -> View:
    text = _NUMBER_LIKE.sub(_as_digits, plain.text)
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


def _as_digits(found: re.Match[str]) -> str:
    loose = sum(character in "oil" for character in found.group())
    return found.group().translate(_LOOKS_LIKE) if loose <= _LOOSE_MOST else found.group()


def _view(kept: Iterable[tuple[str, int]]) -> View:
    pairs = list(kept)
    return View("".join(character for character, _ in pairs), tuple(place for _, place in pairs))
