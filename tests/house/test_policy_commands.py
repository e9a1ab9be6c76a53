"""Policy from the command line: what is listed, linted, compared and refused."""

from pathlib import Path

import pytest

from shouhou.foundation.refusals import Refused
from shouhou.policy.commands import run
from shouhou.policy.models import BookVersion

pytestmark = pytest.mark.django_db


def test_the_shipped_books_are_listed_and_sound() -> None:
    assert next(iter(run("list", []))).text.split("\t")[:2] == ["std-1", "1"]
    assert all(line.good for line in run("lint", []))


def test_a_version_does_not_differ_from_itself() -> None:
    assert list(run("diff", ["1", "1"])) == []


@pytest.mark.parametrize(("verb", "arguments"), [("diff", ["1"]), ("publish", []), ("list", ["x"])])
def test_a_wrong_use_says_the_right_one(verb: str, arguments: list[str]) -> None:
    with pytest.raises(Refused, match=f"shouhou policy {verb}"):
        list(run(verb, arguments))


def test_an_unknown_book_fails_the_lint_by_name() -> None:
    (line,) = run("lint", ["no-such-book"])
    assert not line.good
    assert "no-such-book" in line.text


def test_a_broken_draft_fails_the_lint_and_publishes_nothing(tmp_path: Path) -> None:
    (tmp_path / "book.yaml").write_text("id: std-1\nnonsense: 1\n")
    assert [line.good for line in run("lint", [str(tmp_path)])] == [False]
    with pytest.raises(Refused):
        list(run("publish", [str(tmp_path)]))
    assert BookVersion.objects.count() == 0
