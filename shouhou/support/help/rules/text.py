"""What an article prints: its marks as HTML or plain words, the policy's values where it names them. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from shouhou.foundation.workflow import Text

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
# What stands in braces and is no name: a slip of the pen.
STRAY = re.compile(r"[{}]")
LINKS = ("/", "https://", "#")
@dataclass(frozen=True, slots=True)
class Words:
    """What a version says: titles, words to be found by, texts with marks and `{term}`."""

    title: Text
    words: Text
    body: Text


class _Reader(MarkdownIt):
    """A reader that follows links to our own pages and to https only."""

    def validateLink(self, url: str) -> bool:
        return url.startswith(LINKS) and not url.startswith("//")


_READER = _Reader("zero", {"html": False}).enable([
    "emphasis", "escape", "heading", "link", "list", "newline", "paragraph", "blockquote",
])  # fmt: skip


def names(text: str) -> set[str]:
    """The terms that the text prints."""
    return set(PLACEHOLDER.findall(text))


def stray(text: str) -> bool:
    """Whether a brace stands alone."""
    return bool(STRAY.search(PLACEHOLDER.sub("", text)))


def bad_links(text: str) -> list[str]:
    """Where links go that are neither pages of ours nor https."""
    return [url for url in re.findall(r"\]\(([^)\s]*)", text) if not url.startswith(LINKS) or url.startswith("//")]


def filled(text: str, value_of: Callable[[str], str]) -> str:
    """`{term}` replaced by its value."""
    return PLACEHOLDER.sub(lambda found: value_of(found.group(1)), text)


def html(text: str) -> str:
    """As HTML: paragraphs, lists, headings from the third level, emphasis, links. Nothing else passes."""
    found = _READER.parse(text)
    for token in found:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
    return str(_READER.renderer.render(found, _READER.options, {}))


def plain(text: str) -> str:
    """The words alone, a block a line."""
    return "\n".join(line for token in _READER.parse(text) if token.type == "inline" and (line := _words(token)))


def _words(token: Token) -> str:
    return "".join(" " if child.type == "softbreak" else child.content for child in token.children or [])
