"""A template: a title and lines in both languages, filled from facts; a line whose fact is missing is left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from shouhou.foundation.workflow import Text

TITLE_MOST = 200


@dataclass(frozen=True, slots=True)
class Template:
    """`lines` are paragraphs; `{fact}` is filled in. Every text says what happened, what to do and until when."""

    name: str
    title: Text
    lines: tuple[Text, ...]

    def facts(self) -> set[str]:
        """The facts it names, in either language."""
        texts = [text for line in (self.title, *self.lines) for text in (line.zh, line.en)]
        return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


# What stands under every message: where to follow it, and where to ask.
FOOT = (
    Text("查看进度与操作：{link}", "Follow and act: {link}"),
    Text("{shop} · 售后单号 {number}", "{shop} · case {number}"),
)
# Under what tells of a delay: when it goes on, or when the reader hears again, and what they can do meanwhile (CDT-18).
DELAY = (
    ("新的时间：最晚{new_due}完成下一步。", "New date: the next step is done by {new_due}."),
    ("最晚{heard_by}，我们会再次告知您进展。", "By {heard_by} at the latest you hear from us again."),
    ("您现在可以：{options}。", "What you can do now: {options}."),
)  # fmt: skip


def rendered(template: Template, facts: Mapping[str, str], *, language: str) -> tuple[str, str]:
    """Title (one line, at most 200 characters) and body. A fact that is absent or empty drops its line."""
    title = " ".join(template.title.in_(language).format_map(_Known(facts)).split())[:TITLE_MOST]
    lines = [
        line.in_(language).format_map(_Known(facts))
        for line in (*template.lines, *FOOT)
        if all(facts.get(name) for _, name, _, _ in Formatter().parse(line.in_(language)) if name)
    ]
    return title, "\n\n".join(lines) + "\n"


def template(name: str, title: tuple[str, str], *lines: tuple[str, str]) -> Template:
    return Template(name, Text(*title), tuple(Text(zh, en) for zh, en in lines))


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"
