"""Words to search by: Chinese in pairs of characters, English by stem, width and case made equal. Pure."""

import re
import unicodedata
from collections.abc import Iterator

import snowballstemmer  # type: ignore[import-untyped]

# What everybody says and nothing is about: cut out before the pairs are made.
EMPTY_ZH = re.compile(
    "怎么办|怎么样|怎么|如何|什么|可不可以|可以|能不能|多久|多少|请问|想要|我想|我要|是否|是不是|[的了吗呢吧啊么我你您他她它]"
)
EMPTY_EN = frozenset(
    "a an and are as at be been but by can could did do does for from had has have how i if in into is it its me my of on or our so"
    " than that the their them then there they this to was we were what when where which who why will with would you your".split()
)
_RUNS = re.compile(r"[㐀-鿿豈-﫿]+|[a-z0-9]+(?:'[a-z]+)?")
_STEM = snowballstemmer.stemmer("english")


def tokens(text: str) -> list[str]:
    """Every token of the text in order, empty words left out."""
    return list(_tokens(text, pairs_only=False))


def asked(query: str) -> list[str]:
    """The tokens of a question, each once: pairs where there are pairs. Nothing but empty words: those then."""
    found = list(dict.fromkeys(_tokens(query, pairs_only=True)))
    return found or list(dict.fromkeys(token for run in _RUNS.findall(_plain(query)) for token in _raw(run, pairs_only=True)))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().replace("’", "'")


def _tokens(text: str, *, pairs_only: bool) -> Iterator[str]:
    for run in _RUNS.findall(EMPTY_ZH.sub(" ", _plain(text))):
        if run not in EMPTY_EN:
            yield from _raw(run, pairs_only=pairs_only)


def _raw(run: str, *, pairs_only: bool) -> Iterator[str]:
    if run[0].isascii():
        yield run if run in EMPTY_EN else _STEM.stemWord(run.removesuffix("'s"))
        return
    if len(run) == 1 or not pairs_only:
        yield from run
    yield from (run[place : place + 2] for place in range(len(run) - 1))
