"""Nothing stands in the audit log by its code: whatever is noted anywhere has words in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import shouhou
from shouhou.web.operations.deeds import DEEDS
from shouhou.web.tests.test_languages import CJK

ROOT = Path(shouhou.__file__).parent
NOTED = {"what", "subject", "detail"}


def noted(source: str) -> Iterator[str]:
    """The names that a file notes, as far as they are written there: of a name put together its beginning, with a star."""
    tree = ast.parse(source)
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if not given.keys() >= NOTED:
            continue
        what = given["what"]
        if isinstance(what, ast.JoinedStr):
            yield f"{what.values[0].value!s}*" if isinstance(what.values[0], ast.Constant) else "*"
            continue
        parts: list[ast.AST] = [what]
        if isinstance(what, ast.Name):
            parts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == what.id]
        for node in (each for part in parts for each in ast.walk(part)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
                yield node.value


def test_every_deed_that_is_noted_has_words() -> None:
    found = {name for path in ROOT.rglob("*.py") if "tests" not in path.parts for name in noted(path.read_text())}
    assert {"staff.created", "staff.switched_off", "swap.*", "help.hidden"} <= found, "the walk sees what is noted"
    begun = {name for name in found if name.endswith("*") and any(code.startswith(name[:-1]) for code in DEEDS)}
    unsaid = found - begun - DEEDS.keys()
    assert unsaid == set()


def test_the_words_are_in_both_languages_and_tell_deeds_apart() -> None:
    assert all(CJK.search(text.zh) and not CJK.search(text.en) for text in DEEDS.values())
    assert len({text.zh for text in DEEDS.values()}) == len({text.en for text in DEEDS.values()}) == len(DEEDS)
