"""YAML without surprises: duplicate keys, anchors, tags and implicit types are errors, every table knows its lines."""

from collections.abc import Iterable
from typing import Any, TypeVar, overload

import yaml

from shouhou.foundation.refusals import Refused, refusal, refused

BAD_BOOK = refusal(
    "BAD_BOOK", "invalid",
    zh="政策文件有误（{where}）：{problem}", en="The policy file is wrong ({where}): {problem}",
)  # fmt: skip
MOST_CHARACTERS = 400_000
T = TypeVar("T")
_NOTHING: Any = object()
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where it is built in: a book is read ten times faster."""


def bad(where: str, problem: str) -> Refused:
    return refused(BAD_BOOK, where=where, problem=problem)


class Table(dict[str, Any]):
    """A mapping that knows where each key stands; what is taken out of it and what is left is checked."""

    def __init__(self, where: str, lines: dict[str, str], values: dict[str, Any]) -> None:
        super().__init__(values)
        self.where = where
        self.lines = lines
        self._taken: set[str] = set()

    def at(self, key: str) -> str:
        """`file:line` of the key."""
        return self.lines.get(key, self.where)

    @overload
    def take(self, key: str, kind: type[T]) -> T: ...
    @overload
    def take(self, key: str, kind: type[T], default: T) -> T: ...
    def take(self, key: str, kind: type[T], default: T = _NOTHING) -> T:
        """The value of `key`, which must be a `kind`. Raises BAD_BOOK for a missing key or another type."""
        self._taken.add(key)
        if key not in self:
            if default is _NOTHING:
                raise bad(self.where, f"{key} is missing")
            return default
        value = self[key]
        if type(value) is not kind and not (kind is dict and isinstance(value, Table)):
            raise bad(self.at(key), f"{key} must be {kind.__name__}, not {value!r}")
        return value  # type: ignore[return-value]

    def table(self, key: str, *, optional: bool = False) -> "Table":
        self._taken.add(key)
        value = self.get(key, Table(self.where, {}, {}) if optional else None)
        if not isinstance(value, Table):
            raise bad(self.at(key), f"{key} must be a mapping")
        return value

    def tables(self, key: str, *, optional: bool = False) -> "list[Table]":
        self._taken.add(key)
        value = self.get(key, [] if optional else None)
        if not isinstance(value, list) or not all(isinstance(entry, Table) for entry in value):
            raise bad(self.at(key), f"{key} must be a list of mappings")
        return value

    def words(self, key: str, *, optional: bool = False) -> tuple[str, ...]:
        self._taken.add(key)
        value = self.get(key, [] if optional else None)
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise bad(self.at(key), f"{key} must be a list of words")
        return tuple(value)

    def raw(self, key: str) -> Any:
        """The value whatever it is; the caller checks it."""
        self._taken.add(key)
        if key not in self:
            raise bad(self.where, f"{key} is missing")
        return self[key]

    def done(self) -> None:
        """Raises BAD_BOOK when a key was never asked for: a misspelt key is never silently ignored."""
        for key in self:
            if key not in self._taken:
                raise bad(self.at(key), f"unknown key {key}")


def load(text: str, name: str) -> Any:
    """The document: Table, list, str, int, bool or None. Raises BAD_BOOK with file and line."""
    if len(text) > MOST_CHARACTERS:
        raise bad(name, f"longer than {MOST_CHARACTERS} characters")
    try:
        for event in _events(text):
            where = f"{name}:{event.start_mark.line + 1 if event.start_mark else '?'}"
            if isinstance(event, yaml.AliasEvent):
                raise bad(where, "anchors and aliases are not allowed")
            if getattr(event, "tag", None):
                raise bad(where, f"tag {getattr(event, 'tag', '')} is not allowed")
        node = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise bad(f"{name}:{mark.line + 1 if mark else '?'}", getattr(error, "problem", None) or "not YAML") from error
    if node is None:
        raise bad(name, "empty")
    return _build(node, name)


def load_table(text: str, name: str) -> Table:
    document = load(text, name)
    if not isinstance(document, Table):
        raise bad(name, "must be a mapping")
    return document


def load_tables(text: str, name: str) -> list[Table]:
    document = load(text, name)
    if not isinstance(document, list) or not all(isinstance(entry, Table) for entry in document):
        raise bad(name, "must be a list of mappings")
    return document


def _events(text: str) -> Iterable[yaml.Event]:
    return yaml.parse(text, Loader=LOADER)


def _build(node: yaml.Node, name: str) -> Any:
    where = f"{name}:{node.start_mark.line + 1}"
    if isinstance(node, yaml.MappingNode):
        lines: dict[str, str] = {}
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key_where = f"{name}:{key_node.start_mark.line + 1}"
            if not isinstance(key_node, yaml.ScalarNode):
                raise bad(key_where, "a key must be a word")
            if key_node.value in values:
                raise bad(key_where, f"{key_node.value} stands twice")
            lines[key_node.value] = key_where
            values[key_node.value] = _build(value_node, name)
        return Table(where, lines, values)
    if isinstance(node, yaml.SequenceNode):
        return [_build(entry, name) for entry in node.value]
    return _scalar(node)


def _scalar(node: yaml.Node) -> str | int | bool | None:
    """Only whole numbers, true, false and ~ are more than text: `no`, `on`, 1.5 and 2024-01-01 stay what they are."""
    text: str = node.value
    if isinstance(node, yaml.ScalarNode) and node.style:
        return text
    if text in ("true", "false"):
        return text == "true"
    if text in ("~", ""):
        return None
    if text.lstrip("-").isascii() and text.lstrip("-").isdigit() and text.count("-") <= 1:
        return int(text)
    return text
