"""A zoo of bad books: each is refused with file and line, and the good one beside it is not."""

import pytest

from shouhou.foundation.refusals import Refused
from shouhou.policy.book import Layer, read_book
from shouhou.policy.library import shipped_layers
from shouhou.policy.strict_yaml import load
from shouhou.policy.vocabulary import vocabulary

HEAD = """id: toy
base: std-1
title: {zh: 玩具, en: Toy}
publishable: true
jurisdiction: CN
zone: Asia/Shanghai
versions:
  - version: "1"
    effective_from: 2025-01-01
    published_on: 2024-12-01
    note: {zh: 试, en: try}
"""
CLAUSE = """- id: TOY
  slot: 200
  kind: grant
  rank: 205
  strength: member
  section: return
  services: [return]
  when: reason == 'no_reason' and member == 'plus'
  reasons: [OK_PROMISED]
  sources: [MEM-01]
  text: {zh: 会员, en: member}
  examples: {yes: [{member: plus}], no: [{member: none}]}
"""


def build(head: str = HEAD, clause: str = CLAUSE) -> None:
    layer: Layer = {"book.yaml": head, "clauses/toy.yaml": clause}
    read_book((*shipped_layers("std-1"), layer), "1", vocabulary=vocabulary())


def refusal_of(head: str = HEAD, clause: str = CLAUSE) -> str:
    with pytest.raises(Refused) as caught:
        build(head, clause)
    assert caught.value.code == "BAD_BOOK"
    return f"{caught.value.facts['where']} {caught.value.facts['problem']}"


def test_the_good_toy_book_loads() -> None:
    build()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("strength: member", "strength: member\n  strenght: member", "clauses/toy.yaml:6 unknown key strenght"),
        ("rank: 205", "rank: 205\n  rank: 206", "clauses/toy.yaml:5 rank stands twice"),
        ("rank: 205", "rank: high", "clauses/toy.yaml:4 rank must be int"),
        ("slot: 200", "slot: 17", "slot 17 is taken by"),
        ("kind: grant", "kind: gift", "gift is no kind of clause"),
        ("[return]", "[refund]", "services of a grant"),
        ("[OK_PROMISED]", "[OK_WHATEVER]", "unknown reason OK_WHATEVER"),
        ("[MEM-01]", "[MEM-99]", "unknown source MEM-99"),
        ("[MEM-01]", "[]", "a clause needs a source"),
        ("member == 'plus'", "members == 'plus'", "unknown name members"),
        ("member == 'plus'", "member == 'gold'", "member is never 'gold'"),
        ("member == 'plus'", "member == 3", "compares different things"),
        ("member == 'plus'", "member < 'plus'", "compares different things"),
        ("member == 'plus'", "tag != 'removed'", "!= on tag, which may be unknown"),
        ("member == 'plus'", "tag not in ('removed', 'intact')", "not in on tag, which may be unknown"),
        ("member == 'plus'", "category in soft_classes", "unknown set soft_classes"),
        ("member == 'plus'", "at_day + receipt_day > 3", "day and day do not add"),
        ("member == 'plus'", "at_day", "not true or false"),
        ("member == 'plus'", "__import__('os')", "is not in the language"),
        ("member == 'plus'", "member.upper() == 'PLUS'", "is not in the language"),
        ("member == 'plus'", "[one for one in (1, 2)]", "is not in the language"),
        ("member == 'plus'", "1 < same_fault_repairs < 3", "is not in the language"),
        ("member == 'plus'", "opened == true", "unknown name true"),
        ("member == 'plus'", "opened == (used)", "instead of comparing with true or false"),
        ("member == 'plus'", "return_verdict == 'allow'", "unknown name return_verdict"),
        ("member == 'plus'", "opening_forbidden == 'never'", "the term is never 'never'"),
        ("member == 'plus'", "member ==", "not an expression"),
        ("member == 'plus'", " and ".join(["opened"] * 100), "longer than"),
        ("member == 'plus'", " or ".join(["used"] * 70), "an expression of more than"),
        ("{member: plus}", "{member: gold}", "member is never 'gold'"),
        ("{member: plus}", "{membre: plus}", "unknown fact membre"),
        ("no: [{member: none}]", "no: []", "a clause needs an example for no"),
        ("{zh: 会员, en: member}", "{zh: 会员}", "en is missing"),
        ("{zh: 会员, en: member}", "{zh: 会员, en: member, de: Mitglied}", "unknown key de"),
        ("section: return", "section: returns", "unknown strength member or section returns"),
        ("kind: grant", "kind: grant\n  effect: allow_gladly", "cannot have the effect"),
        ("when: reason", "when: &a reason", "anchor"),
        ("- id: TOY", "id: TOY", "toy.yaml"),
        ("rank: 205", "rank: !!python/object:os.system 205", "is not allowed"),
    ],
)  # fmt: skip
def test_a_bad_clause_is_refused_with_its_place(old: str, new: str, said: str) -> None:
    assert old in CLAUSE
    if "anchor" in said:
        build(clause=CLAUSE.replace(old, new))  # an anchor alone repeats nothing
        assert "aliases" in refusal_of(clause=CLAUSE.replace(old, new).replace("[MEM-01]", "[*a]"))
        return
    assert said in refusal_of(clause=CLAUSE.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("publishable: true", "publishable: yes", "book.yaml:4 publishable must be bool"),
        ("id: toy", "id: toy\nidd: toy", "unknown key idd"),
        ("2025-01-01", "2025-02-30", "is not a day"),
        ("2025-01-01", "01.01.2025", "is not a day"),
        ('version: "1"', 'version: "2"', "there is no version 1"),
        ("zone: Asia/Shanghai", "zone: Asia/Shanghai\nset: {no_reason_days: 8}", "sets the unknown term no_reason_days"),
        ("zone: Asia/Shanghai", "zone: Asia/Shanghai\nset: {no_reason_return_days: soon}", "is no days"),
        ("zone: Asia/Shanghai", "zone: Asia/Shanghai\nset: {no_reason_return_days: -1}", "is no days"),
        ("zone: Asia/Shanghai", "zone: Asia/Shanghai\nset: {no_reason_return_days: {self: 7}}", "has one value"),
        ("zone: Asia/Shanghai", 'zone: Asia/Shanghai\nset: {second_person_above: "5000.001"}', "is no money"),
        ("zone: Asia/Shanghai", "zone: Asia/Shanghai\nset: {category_ban: sometimes}", "is no choice"),
        ("zone: Asia/Shanghai", "zone: Asia/Shanghai\nsets: {empty: []}", "a set is empty"),
        (
            "zone: Asia/Shanghai",
            "zone: Asia/Shanghai\nderived: {spare: {type: bool, is: opened, label: {zh: 备, en: spare}}}",
            "derived but never read",
        ),
    ],
)
def test_a_bad_head_is_refused_with_its_place(old: str, new: str, said: str) -> None:
    assert old in HEAD
    assert said in refusal_of(head=HEAD.replace(old, new))


def test_words_that_yaml_would_turn_into_other_things_stay_words() -> None:
    assert load("a: [no, on, 2024-01-01, 1.5, 1e3, 0x10, null, yes]", "t") == {
        "a": ["no", "on", "2024-01-01", "1.5", "1e3", "0x10", "null", "yes"]
    }
    assert load("a: [true, false, 7, -3, ~]", "t") == {"a": [True, False, 7, -3, None]}


@pytest.mark.parametrize("text", ["", "a: [1", "a: 1\na: 2", "? [x]\n: 1", "\x00"])
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(Refused) as caught:
        load(text, "t")
    assert caught.value.code == "BAD_BOOK"
