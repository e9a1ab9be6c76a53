"""What conversations ask of others: articles that may answer a question before it is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shouhou.conversations.faq import suggested


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article that may help: `link` leads to the page where it goes on, or is empty."""

    title: str
    text: str
    link: str = ""


Suggester = Callable[[str, str, str], Sequence[Suggestion]]


def suggest(question: str, *, topic: str, language: str) -> Sequence[Suggestion]:
    """At most three articles for a question and a topic, the likeliest first."""
    return _suggester(question, topic, language)


def connect(*, suggester: Suggester) -> None:
    """Another source of articles: the help centre."""
    global _suggester
    _suggester = suggester


def _own(question: str, topic: str, language: str) -> Sequence[Suggestion]:
    return [Suggestion(*found) for found in suggested(question, topic=topic, language=language)]


_suggester: Suggester = _own
