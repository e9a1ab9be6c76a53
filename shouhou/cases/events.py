"""What cases announce."""

from shouhou.plumbing.events import event_type

_CASE = {
    "number": "the case's number", "order": "the order's number", "service": "the service", "status": "the new status",
    "stage": "applied | reviewed | goods | inspected | resolved | rated", "waits_on": "whose turn it is",
    "due_at": "the next limit, RFC 3339 or null", "version": "the case's version",
}  # fmt: skip
CASE_OPENED = event_type("case.opened", zh="提交了售后申请", en="a case was opened", reason="the reason given", **_CASE)
CASE_MOVED = event_type(
    "case.moved", zh="售后单有进展", en="a case moved", move="the move", role="who moved",
    **{"from": "the old status"}, **_CASE,
)  # fmt: skip
CASE_REMINDED = event_type(
    "case.reminded", zh="提醒：期限将至", en="a limit is near", deadline="the limit's name", **_CASE
)
CASE_MESSAGE = event_type(
    "case.message", zh="新的留言", en="a new message", role="who spoke", internal="staff only", **_CASE
)
CASE_ATTACHED = event_type(
    "case.attached", zh="上传了凭证", en="evidence was added", kind="what it is", role="who added it", **_CASE
)
CASE_RATED = event_type("case.rated", zh="提交了评价", en="the consumer rated", grade="1–5", reasons="codes", **_CASE)
DEADLINE_BLOCKED = event_type(
    "case.deadline_blocked", zh="期限处理受阻，需人工处理", en="a limit could not be worked off", deadline="the limit's name",
    code="why", **_CASE,
)  # fmt: skip
CASE_SILENT = event_type(
    "case.silent", zh="较久没有进展，主动告知进度", en="nothing has happened for long: told where it stands",
    since="when the last thing happened, RFC 3339", **_CASE,
)  # fmt: skip
CASE_PROGRESS = event_type(
    "case.progress", zh="维修进度告知", en="how a repair goes is told", since="when it was applied for, RFC 3339", **_CASE
)
CASE_FREIGHT_BACK = event_type(
    "case.freight_back", zh="退还消费者垫付的寄回运费", en="the freight that the consumer paid for the way back is paid back",
    number="the case's number", order="the order's number", amount_minor="in minor units", currency="ISO 4217",
    bearer="who bears it", refund="the refund's number",
)  # fmt: skip
CASE_RIGHT = event_type(
    "case.right_opened", zh="可改为换货或退货", en="an exchange or a return is open now",
    rights="exchange, return", because="reason codes", **_CASE,
)  # fmt: skip
