"""Commands that write documents and show the demo."""

import argparse
import sys

from shouhou.cli.frame import django_ready


def docs(arguments: argparse.Namespace) -> int:
    with django_ready():
        from shouhou.documentation import documents, stale, write

        if not arguments.check:
            for path in write(documents()):
                print(path)
            return 0
        outdated = stale(documents())
        for path in outdated:
            print(f"过期，请运行 make docs / stale, run make docs: {path}", file=sys.stderr)
    return 1 if outdated else 0


def forms(arguments: argparse.Namespace) -> int:
    """Needs no database: a counter prints them before there is one."""
    from shouhou.documents.printing import print_blanks
    from shouhou.plumbing.clock import now

    for path in print_blanks(arguments.folder, at=now()):
        print(path)
    return 0


def seed(arguments: argparse.Namespace) -> int:
    with django_ready():
        from shouhou.demo.seed import seed
        from shouhou.plumbing.clock import now

        seed(
            orders=arguments.orders,
            cases=arguments.cases,
            seed=arguments.seed,
            today=arguments.date,
            now=now(),
            say=print,
            language=arguments.language,
        )
    return 0


def demo(arguments: argparse.Namespace) -> int:
    with django_ready():
        from shouhou.demo.show import show

        return show(arguments.address, say=print, language=arguments.language)
