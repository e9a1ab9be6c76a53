"""The installation's own secret, made once: also when several processes of a new installation start together."""

import os
import subprocess
import sys
from pathlib import Path


def test_processes_that_start_together_share_one_whole_secret(tmp_path: Path) -> None:
    told = [sys.executable, "-c", "from shouhou.settings import SECRET_KEY; print(SECRET_KEY)"]
    environment = {**os.environ, "SHOUHOU_HOME": str(tmp_path / "new")}
    running = [subprocess.Popen(told, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    secrets = {process.communicate()[0].strip() for process in running}
    assert len(secrets) == 1 and len(secrets.pop()) >= 60
    kept = tmp_path / "new" / "secret.key"
    assert [path.name for path in kept.parent.iterdir()] == ["secret.key"]
    assert kept.stat().st_mode & 0o077 == 0
