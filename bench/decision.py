"""Microseconds of CPU per policy decision with its reasons, one JSON line: `python bench/decision.py [decisions]`."""

import json
import random
import sys
from collections.abc import Callable
from statistics import median
from time import process_time

from shouhou.policy.book import read_book
from shouhou.policy.compiler import CompiledBook, compile_book
from shouhou.policy.decide import decide
from shouhou.policy.facts import Facts
from shouhou.policy.library import shipped, shipped_layers
from shouhou.policy.vocabulary import vocabulary

ROUNDS = 7
RECEIVED = 20157


def cases(book: CompiledBook, count: int) -> list[Facts]:
    """Random facts of all reasons, categories and conditions; the seed is fixed."""
    made, facts = random.Random(7), book.vocabulary.facts

    def one() -> Facts:
        return Facts(
            reason=made.choice(["no_reason"] * 6 + ["quality"] * 3 + ["wrong_item"]), channel=made.choice(["self", "third"]),
            category=made.choice(list(facts["category"].values)), at_day=RECEIVED + made.randrange(0, 25),
            receipt_day=RECEIVED, window_day=RECEIVED, opened=made.random() < 0.6, used=made.random() < 0.1,
            activated=made.random() < 0.1, seal="intact", tag="intact", soiled=False, accessories="complete", label="ok",
            serial="match", packaging="ok", defect_status=made.choice(list(facts["defect_status"].values)),
            defect_cause=made.choice(["manufacturing", "manufacturing", "human"]), warranty_until=RECEIVED + 365,
            in_own_area=True,
        )  # fmt: skip

    return [one() for _ in range(count)]


def cost_us(work: Callable[[Facts], object], given: list[Facts]) -> float:
    """Median CPU time of one call over ROUNDS rounds."""
    found = []
    for _ in range(ROUNDS):
        begun = process_time()
        for facts in given:
            work(facts)
        found.append((process_time() - begun) / len(given) * 1e6)
    return round(median(found), 2)


def compile_ms() -> float:
    begun = process_time()
    compile_book(read_book(shipped_layers("std-1"), "1", vocabulary=vocabulary()), vocabulary=vocabulary())
    return round((process_time() - begun) * 1000, 1)


def main() -> None:
    book = shipped("std-1")
    given = cases(book, int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
    rolled = book.rolls.get
    print(json.dumps({
        "bench": "decision", "clauses": len(book.book.clauses), "decisions": len(given),
        "function_us": cost_us(lambda facts: book.run(facts, rolled), given),
        "decide_us": cost_us(lambda facts: decide(facts, book=book), given),
        "with_reasons_us": cost_us(lambda facts: decide(facts, book=book).reasons, given),
        "compile_ms": compile_ms(),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
