"""The process tree: what ends is started again, what is told to end ends with all its children."""

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from shouhou.serve import CannotServe, Child, Tree, _only_one, free_port


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_killed_child_is_started_again_and_its_orphans_are_ended(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys, time, pathlib\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "pathlib.Path(sys.argv[1]).write_text(str(child.pid)); time.sleep(600)"
    )
    note = tmp_path / "pid"
    child = Child("sleeper", [sys.executable, "-c", program, str(note)], pause=0.05)
    tree = Tree([child])
    child.start()
    try:
        wait_for(lambda: note.exists() and note.read_text() != "")
        orphan, first = int(note.read_text()), child.process
        assert first is not None
        note.unlink()
        os.kill(first.pid, signal.SIGKILL)
        wait_for(lambda: first.poll() is not None)
        child.tend()
        wait_for(lambda: not alive(orphan))
        time.sleep(child.pause)
        child.tend()
        assert child.process is not None
        assert child.process is not first
        wait_for(lambda: note.exists() and note.read_text() != "")
        grandchild = int(note.read_text())
    finally:
        tree.end()
    assert child.process is not None
    assert child.process.poll() is not None
    wait_for(lambda: not alive(grandchild))


def test_a_child_that_keeps_ending_is_started_with_growing_pauses() -> None:
    child = Child("fails", [sys.executable, "-c", "raise SystemExit(3)"])
    pauses = []
    for _ in range(3):
        child.start_at = 0.0
        child.tend()
        process = child.process
        assert process is not None
        process.wait()
        child.tend()
        pauses.append(child.pause)
    assert pauses == [1.0, 2.0, 4.0]


def test_a_child_that_does_not_listen_is_killed_in_the_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shouhou.serve.STOP_SECONDS", 0.3)
    note = tmp_path / "deaf"
    program = "import pathlib,signal,sys,time; signal.signal(15, signal.SIG_IGN); pathlib.Path(sys.argv[1]).touch(); time.sleep(600)"
    deaf = Child("deaf", [sys.executable, "-c", program, str(note)])
    deaf.start()
    assert deaf.process is not None
    wait_for(note.exists)
    Tree([deaf]).end()
    assert deaf.process.returncode == -signal.SIGKILL


def test_a_taken_port_gives_the_next_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port("127.0.0.1", port) > port


def test_a_second_tree_on_the_same_folder_is_refused_and_told_where_the_first_is(tmp_path: Path) -> None:
    with _only_one(tmp_path) as note:
        note("http://localhost:8000 (pid 1)")
        with pytest.raises(CannotServe, match="http://localhost:8000"), _only_one(tmp_path):
            raise AssertionError("two trees on one folder")
    with _only_one(tmp_path):
        pass
