"""What is asked about the goods when somebody applies: only the questions that matter for the kind of goods."""

from dataclasses import dataclass

from shouhou.foundation.workflow import Text


@dataclass(frozen=True, slots=True)
class Question:
    """`fact` is a fact of the policy's vocabulary; `choices` are its values in plain words."""

    fact: str
    label: Text
    choices: tuple[tuple[str, Text], ...]
    categories: frozenset[str] = frozenset()
    but_not: frozenset[str] = frozenset()


SEALED = frozenset("food health_food cosmetics medical_device family_planning".split())
TEXTILE = frozenset("apparel shoes bags toys home_textile home".split())
FRESH = frozenset({"fresh"})
NO, YES = Text("没有", "No"), Text("是", "Yes")

QUESTIONS = (
    Question("opened", Text("包装打开了吗？", "Is the package opened?"), (("no", Text("未打开", "No")), ("yes", Text("已打开", "Yes")))),
    Question(
        "used", Text("用过吗？（为查验而试用不算）", "Has it been used? (trying it out to inspect it does not count)"),
        (("no", Text("没有，或仅查验试用", "No, or only inspected")), ("yes", Text("使用过", "Yes"))), but_not=SEALED | TEXTILE | FRESH,
    ),
    Question(
        "activated", Text("激活、注册过账号或留有数据吗？", "Activated, registered or with data on it?"),
        (("no", NO), ("yes", YES)), categories=frozenset("phone laptop camera tablet watch tv printer earphone".split()),
    ),
    Question(
        "seal", Text("一次性密封包装", "Disposable hygiene seal"),
        (("intact", Text("完好", "Intact")), ("broken", Text("已损坏", "Broken"))), categories=SEALED,
    ),
    Question(
        "tag", Text("吊牌", "Tag"), (("intact", Text("还在", "Still on")), ("removed", Text("已摘或剪", "Removed or cut"))),
        categories=TEXTILE,
    ),
    Question(
        "soiled", Text("有污渍或损坏吗？", "Soiled or damaged?"), (("no", NO), ("yes", Text("有", "Yes"))), categories=TEXTILE
    ),
    Question(
        "accessories", Text("配件、说明书齐全吗？", "Are accessories and manuals complete?"),
        (("complete", Text("齐全", "Complete")), ("missing", Text("缺少", "Something is missing"))), but_not=FRESH,
    ),
)  # fmt: skip
TRUTHS = {"no": False, "yes": True}


def questions_for(category: str) -> list[Question]:
    """The questions for goods of `category`, in the order in which they are asked."""
    return [
        question
        for question in QUESTIONS
        if (not question.categories or category in question.categories) and category not in question.but_not
    ]


def fact_value(answer: str) -> object:
    """yes and no are truths, everything else is the vocabulary's own value."""
    return TRUTHS.get(answer, answer)
