"""The articles that come with the product: one file a chapter, both languages side by side."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shouhou.foundation.workflow import Text
from shouhou.policy.strict_yaml import Table, bad, load_table
from shouhou.support.help.rules.text import Words

FOLDER = Path(__file__).parent / "articles"
KINDS = ("section", "faq")


@dataclass(frozen=True, slots=True)
class Shipped:
    """One article and its place in its chapter."""

    slug: str
    kind: str
    place: int
    said: Words


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the help centre; `faq` when it holds questions."""

    code: str
    title: Text
    articles: tuple[Shipped, ...]

    @property
    def faq(self) -> bool:
        return bool(self.articles) and all(article.kind == "faq" for article in self.articles)


@cache
def chapters() -> tuple[Chapter, ...]:
    """In the order of the files' names. Raises Refused BAD_BOOK naming the file and line."""
    return tuple(_chapter(path) for path in sorted(FOLDER.glob("*.yaml")))


def _chapter(path: Path) -> Chapter:
    table = load_table(path.read_text(encoding="utf-8"), path.name)
    articles = tuple(_article(entry, place) for place, entry in enumerate(table.tables("articles"), start=1))
    chapter = Chapter(table.take("chapter", str), _text(table.table("title")), articles)
    table.done()
    return chapter


def _article(table: Table, place: int) -> Shipped:
    kind = table.take("kind", str)
    if kind not in KINDS:
        raise bad(table.at("kind"), f"kind must be one of {', '.join(KINDS)}")
    said = Words(_text(table.table("title")), _text(table.table("words")), _text(table.table("body")))
    article = Shipped(table.take("slug", str), kind, place, said)
    table.done()
    return article


def _text(table: Table) -> Text:
    text = Text(table.take("zh", str).strip(), table.take("en", str).strip())
    table.done()
    return text
