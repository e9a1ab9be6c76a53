"""One page and one picture for every workflow."""

from shouhou.cases.workflows import WORKFLOWS
from shouhou.documentation.markdown import ROLE_LABELS, both, code, page, role, table
from shouhou.documents.drawing import flow_chart
from shouhou.documents.process import Step, durations, usual_way
from shouhou.foundation.workflow import STAGES, Limit, Move, State, Workflow
from shouhou.policy.library import DEFAULT_BOOK, shipped
from shouhou.policy.terms import Terms

LEGEND = (
    "实线：由人推进；红线：由时钟或系统推进；虚线：退回前面的状态；⤷：可直接到达的结束状态；红色时钟：此状态有期限，旁边是最长时间。\n\n"
    "Solid: moved by people. Red: moved by the clock or the system. Dashed: back to an earlier state. "
    "⤷: ends that can be reached from there. Red dial: the state has limits; beside it the longest time."
)


def pages() -> dict[str, str]:
    """`flows/<service>.svg` and `flows/<service>.md`."""
    made: dict[str, str] = {}
    for service, workflow in WORKFLOWS.items():
        made[f"flows/{service}.svg"] = flow_chart(workflow, ROLE_LABELS, durations=durations(workflow, _terms()))
        made[f"flows/{service}.md"] = _page(workflow)
    return made


def _page(workflow: Workflow) -> str:
    ordered = sorted(workflow.states, key=lambda state: STAGES.index(state.stage))
    limits = [(state, limit) for state in workflow.states for limit in state.own_limits]
    beside = {limit.name: (state, limit) for state in workflow.states for limit in state.limits if limit.aside}
    return page(
        f"{workflow.label.zh} {workflow.label.en}",
        f"![{workflow.label.zh}]({workflow.service}.svg)",
        LEGEND,
        "## 通常的步骤 The usual way",
        table(["", "步骤 step", "由谁 by whom", "最长 at most", "然后 then"],
              (_step(place, step) for place, step in enumerate(usual_way(workflow, _terms()), start=1))),
        "## 状态 States",
        table(
            ["状态 state", "", "阶段 stage", "轮到谁 whose turn", "期限 limits"], (_state(state) for state in ordered)
        ),
        "## 操作 Moves",
        table(
            ["操作 move", "", "从 from", "到 to", "谁 by", "需填写 asks for (* 必填 required)"],
            map(_move, workflow.moves),
        ),
        "## 期限 Limits",
        f"数值取自政策 `{DEFAULT_BOOK}`，见[政策页](../policy/README.md)。 The values are those of the policy book `{DEFAULT_BOOK}`.",
        table(
            [
                "状态 state",
                "期限 limit",
                "条款 term",
                "数值 value",
                "条件 only when",
                "起算 since",
                "暂停 pauses in",
                "提醒 reminder",
                "到期 at the limit",
            ],
            (_limit(workflow, state, limit) for state, limit in (*limits, *beside.values())),
        ),
    )


def _terms() -> Terms:
    return shipped(DEFAULT_BOOK).terms


def _step(place: int, step: Step) -> list[str]:
    turn = role(step.state.waits_on) if step.state.waits_on else "–"
    return [str(place), both(step.state.label), turn, both(step.within) or "–", both(step.move.label) if step.move else "–"]


def _state(state: State) -> list[str]:
    names = ", ".join(code(limit.term) for limit in state.own_limits)
    turn = "结束 end" if state.final else role(state.waits_on)
    return [code(state.name), both(state.label), state.stage, turn, names or "–"]


def _move(move: Move) -> list[str]:
    asks = "; ".join(f"{both(ask.label)} ({ask.type}){' *' if ask.required else ''}" for ask in move.asks)
    to = ", ".join(map(code, ([move.target] if move.target else []) + sorted(move.or_to)))
    by = ", ".join(role(who) for who in ROLE_LABELS if who in move.by)
    return [
        code(move.name),
        both(move.label),
        ", ".join(map(code, sorted(move.sources))),
        to or "（不变 stays）",
        by,
        asks or "–",
    ]


def _limit(workflow: Workflow, state: State, limit: Limit) -> list[str]:
    breach = workflow.move(limit.on_breach)
    remind = f"{code(limit.remind)} {_value(limit.remind)}" if limit.remind else "–"
    return [
        "任何状态 any" if limit.aside else code(state.name), code(limit.name), code(limit.term), _value(limit.term), limit.when or "–",
        limit.since or "进入状态 entering", ", ".join(sorted(limit.pauses_in)) or "–", remind,
        f"{code(limit.on_breach)} {both(breach.label) if breach else ''}",
    ]  # fmt: skip


def _value(name: str) -> str:
    """The term's values in the default book, by what they depend on. Raises KeyError for a term it does not have."""
    terms = shipped(DEFAULT_BOOK).book.terms
    values = terms.terms[name].values(shipped(DEFAULT_BOOK).terms.day)
    return "; ".join(f"{value}" if word == "default" else f"{word} {value}" for word, value in values.items())
