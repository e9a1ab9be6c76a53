"""The command `shouhou`: exit 0 done, 1 failed, 2 usage; one JSON line per vector."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def shouhou(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shouhou.cli", *arguments],
        env={**os.environ, "SHOUHOU_HOME": str(home)}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize(
    "arguments", [(), ("nonsense",), ("vectors",), ("import", "cases", "x"), ("serve", "--port", "x")]
)
def test_what_is_no_command_is_usage(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert shouhou(*arguments, home=tmp_path).returncode == 2


def test_a_file_that_is_not_there_is_named_and_is_usage(tmp_path: Path) -> None:
    done = shouhou("vectors", str(tmp_path / "none.yaml"), home=tmp_path)
    assert done.returncode == 2
    assert "none.yaml" in done.stderr


def test_a_statement_that_is_a_folder_or_not_there_is_named_and_is_usage(tmp_path: Path) -> None:
    folder = shouhou("reconcile", str(tmp_path), "--channel", "fake", home=tmp_path)
    assert folder.returncode == 2 and "cannot be read" in folder.stderr and str(tmp_path) in folder.stderr
    missing = shouhou("reconcile", str(tmp_path / "none.csv"), "--channel", "fake", home=tmp_path)
    assert missing.returncode == 2 and "none.csv" in missing.stderr


def test_a_vector_of_a_group_nobody_answers_fails_and_is_never_skipped(tmp_path: Path) -> None:
    file = tmp_path / "one.yaml"
    file.write_text("vectors:\n  - {id: X001, group: nonsense, expect: {ok: true}}\n")
    done = shouhou("vectors", str(file), home=tmp_path)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1, done.stderr
    assert lines[0]["id"] == "X001"
    assert lines[0]["ok"] is False
    assert lines[-1] == {"passed": 0, "failed": 1}
