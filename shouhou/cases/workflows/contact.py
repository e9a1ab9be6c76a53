"""Somebody calls or writes to the consumer: with a concrete solution (PRC-16), and when the repaired unit can be had again (PRC-09)."""

from shouhou.cases.workflows.asks import REVIEWERS
from shouhou.cases.workflows.loan import TECHNICIANS
from shouhou.cases.workflows.writing import move, note
from shouhou.foundation.workflow import Ask, Limit, Text, Who

WAYS = {
    "phone": Text("电话", "by phone"), "message": Text("在线消息", "by message"), "email": Text("邮件", "by mail"),
    "in_person": Text("当面", "in person"),
}  # fmt: skip
WAY = Ask("way", "choice", Text("联系方式", "How"), required=True, choices=WAYS)
REACHED = Ask("reached", "text", Text("联系到谁", "Who was reached"), required=True, most=80)
TOLD = Ask(
    "solution", "text", Text("告知消费者的解决方案", "The solution the consumer was told"), required=True, most=1000,
    help=Text("写明办什么、谁来办、何时完成；“会尽快处理”一类的话不算方案。",
              "Say what is done, by whom and by when; “we will look into it” is no solution."),
)  # fmt: skip
SAID = Ask("said", "text", Text("约定了什么", "What was agreed"), required=True, most=500,
           help=Text("寄回还是到店领取、什么时间。", "Whether it is sent or fetched, and when."))  # fmt: skip
CALLERS: frozenset[Who] = TECHNICIANS | {"agent"}
SOLUTION = Limit(
    "solution", "solution_contact_hours", "note_solution", when="solution_owed", pauses_in=frozenset({"evidence_asked"}),
    aside="reviewer",
)  # fmt: skip
READY = Limit("ready_contact", "ready_contact_hours", "note_ready_contact", when="ready_untold", aside="technician")
IN_REVIEW = "submitted escalated"
SOLUTION_MOVES = (
    move("tell_solution", "联系消费者并告知方案", "Contact the consumer with a solution", IN_REVIEW, None, REVIEWERS, WAY, REACHED, TOLD,
         says=Text("已联系消费者并告知解决方案", "contacted the consumer with a solution")),
    note("note_solution", "联系消费者超时", "Contact with a solution overdue", IN_REVIEW),
)  # fmt: skip
READY_MOVES = (
    move("tell_ready", "联系消费者约定交还", "Contact the consumer about the hand-back", "ready", None, CALLERS, WAY, REACHED, SAID,
         says=Text("已联系消费者约定交还", "contacted the consumer about the hand-back")),
    note("note_ready_contact", "修好后未联系消费者", "Repaired, and the consumer not contacted", "ready"),
)  # fmt: skip
