"""`make bench`: every benchmark in turn, one JSON line each with the ratio last. `python -m bench NAME …` runs some."""

import subprocess
import sys

ALL = {
    "decision": ["bench.decision"],
    "http": ["bench.http"],
    "import": ["bench.import_orders"],
    "scale": ["bench.scale"],
    "exports": ["bench.exports"],
    "figures": ["bench.figures"],
    "ledger": ["bench.ledger"],
    "pages": ["bench.pages"],
}


def main() -> int:
    """Each in a process of its own, so that none warms another up; the first failure is the exit code."""
    wanted = sys.argv[1:] or list(ALL)
    unknown = [name for name in wanted if name not in ALL]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join(ALL)}", file=sys.stderr)
        return 2
    failed = 0
    for name in wanted:
        failed = failed or subprocess.run([sys.executable, "-m", *ALL[name]], check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
