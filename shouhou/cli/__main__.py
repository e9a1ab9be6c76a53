"""`python -m shouhou.cli`: the same command."""

import sys

from shouhou.cli import main

if __name__ == "__main__":
    sys.exit(main())
