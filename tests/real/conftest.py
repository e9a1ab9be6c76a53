"""Real data is beside the repository or it is not; without it there is nothing to collect."""

from bench.olist.__main__ import FOLDER
from bench.uci_replay.__main__ import FOLDER as UCI

collect_ignore = [
    *([] if FOLDER.is_dir() else ["test_olist.py"]), *([] if UCI.is_dir() else ["test_uci_replay.py"]),
]  # fmt: skip
