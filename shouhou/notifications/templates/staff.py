"""What staff are told: the case they hold needs them, or a limit could not be worked off."""

from shouhou.notifications.templates.template import template

STAFF = (
    template(
        "staff_turn",
        ("待您处理：{number} {status}", "Your turn: {number} {status}"),
        ("{number}（{items}）当前状态：{status}。", "{number} ({items}): {status}."),
        ("请在{due}前处理。", "Act by {due}."),
    ),
    template(
        "staff_refund_refused",
        ("退款复核退回：{number}", "Refund sent back: {number}"),
        ("售后单 {number} 的退款 {refund} 未通过复核：{refusal}。", "The refund of {refund} for case {number} was sent back: {refusal}."),
        ("{remark}", "{remark}"),
        ("请在{due}前重新核对验收与金额。", "Check the inspection and the amount anew by {due}."),
    ),
    template(
        "staff_message",
        ("消费者留言：{number}", "The consumer wrote: {number}"),
        ("{text}", "{text}"),
        ("当前状态：{status}。", "Now: {status}."),
    ),
    template(
        "staff_blocked",
        ("期限处理受阻：{number}", "A limit is blocked: {number}"),
        ("售后单 {number} 的期限“{deadline}”未能自动处理（{code}），需要人工处理。",
         "The limit “{deadline}” of case {number} could not be worked off ({code}); a person must act."),
    ),
)  # fmt: skip
