"""Policy from the command line: list the versions, lint, compare two, publish a draft."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from shouhou.foundation.refusals import INVALID_INPUT, Refused, refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.policy import queries
from shouhou.policy.actions import Draft, check, publish
from shouhou.policy.library import DEFAULT_BOOK, files_of, shipped_ids
from shouhou.policy.rules.publish import check_book

OPERATOR = Actor(role="operations", who="cli", name="命令行 command line")
USAGE = {
    "list": "policy list",
    "lint": "policy lint [BOOK | FOLDER …]",
    "diff": "policy diff [BOOK] OLD NEW",
    "publish": "policy publish FOLDER",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line to print; `good` false makes the command fail."""

    text: str
    good: bool = True


def run(verb: str, arguments: Sequence[str]) -> Iterator[Line]:
    """What the subcommand prints. A FOLDER holds a draft's YAML files over the default book. Raises Refused."""
    match verb, list(arguments):
        case "list", []:
            for book in shipped_ids():
                for version in queries.versions(book):
                    yield Line(f"{book}\t{version.version}\t{version.effective_from.isoformat()}")
        case "lint", names:
            for name in names or shipped_ids():
                yield from _lint(name)
        case "diff", [*book, old, new] if len(book) < 2:
            for change in queries.difference(book[0] if book else DEFAULT_BOOK, old=old, new=new):
                yield Line(f"{change.kind}\t{change.name}\t{change.old or '–'} → {change.new or '–'}")
        case "publish", [folder]:
            made = publish(_draft(folder), clock.now(), OPERATOR)
            yield Line(f"已发布 published: {made.book} {made.version} ({made.effective_from.isoformat()})")
        case _:
            raise refused(INVALID_INPUT, reason=f"shouhou {USAGE[verb]}")


def _lint(name: str) -> Iterator[Line]:
    """Loading checks words, types and texts; then the statutory floors, for what may be published."""
    try:
        if Path(name).is_dir():
            book, found = check(_draft(name), clock.now())
        else:
            book = queries.compiled(name).book
            found = check_book(book) if book.publishable else []
    except Refused as no:
        yield Line(f"✗ {name}: {no.sentence('zh')} / {no.sentence('en')}", good=False)
        return
    for one in found:
        yield Line(f"✗ {name}: {one.code} {one.field}: {one.found} → {one.needed}", good=False)
    if not found:
        yield Line(f"✓ {name} {book.version}: {len(book.clauses)} 条 clauses")


def _draft(folder: str) -> Draft:
    if not Path(folder).is_dir():
        raise FileNotFoundError(2, "no such folder", folder)
    base = queries.book_in_force(clock.now())
    return Draft(base=base.book, base_version=base.version, files=files_of(Path(folder)))
