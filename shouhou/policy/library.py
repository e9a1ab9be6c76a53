"""The books that ship with the house: read from their folders, compiled once per process."""

from functools import cache
from pathlib import Path

from shouhou.foundation.refusals import refusal, refused
from shouhou.policy.book import Layer, Version, read_book, versions_of
from shouhou.policy.compiler import CompiledBook, compile_book
from shouhou.policy.strict_yaml import load_table
from shouhou.policy.vocabulary import vocabulary

UNKNOWN_BOOK = refusal(
    "UNKNOWN_BOOK", "not_found", zh="没有政策 {book}（版本 {version}）。", en="There is no policy {book} (version {version})."
)
BOOKS = Path(__file__).parent / "books"
DEFAULT_BOOK = "std-1"


@cache
def shipped_ids() -> tuple[str, ...]:
    """The ids of all shipped books, the default first."""
    found = sorted(path.parent.name for path in BOOKS.glob("*/book.yaml"))
    return tuple(sorted(found, key=lambda book: (book != DEFAULT_BOOK, book)))


@cache
def shipped_layers(book: str) -> tuple[Layer, ...]:
    """The layers of a shipped book, its base first. Raises UNKNOWN_BOOK."""
    if book not in shipped_ids():
        raise refused(UNKNOWN_BOOK, book=book, version="*")
    layer = files_of(BOOKS / book)
    base = load_table(layer["book.yaml"], "book.yaml").take("base", str, "")
    return (*(shipped_layers(base) if base else ()), layer)


def files_of(folder: Path) -> Layer:
    """All YAML files of a folder, by their path in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.yaml"))
    }


@cache
def shipped_versions(book: str) -> tuple[Version, ...]:
    return versions_of(shipped_layers(book))


@cache
def shipped(book: str, version: str | None = None) -> CompiledBook:
    """The compiled shipped book, its newest version unless one is named. Raises UNKNOWN_BOOK."""
    layers = shipped_layers(book)
    names = [entry.version for entry in versions_of(layers)]
    if version is not None and version not in names:
        raise refused(UNKNOWN_BOOK, book=book, version=version)
    words = vocabulary()
    return compile_book(read_book(layers, version or names[-1], vocabulary=words), vocabulary=words)
