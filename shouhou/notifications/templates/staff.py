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
        "staff_task",
        ("任务超时：{number} {said}", "Task overdue: {number} {said}"),
        ("售后单 {number}（{items}）：{said}。当前状态：{status}。", "Case {number} ({items}): {said}. Now: {status}."),
        ("请现在处理，并在售后单里登记结果。", "See to it now, and record the outcome in the case."),
    ),
    template(
        "staff_message",
        ("消费者留言：{number}", "The consumer wrote: {number}"),
        ("{text}", "{text}"),
        ("当前状态：{status}。", "Now: {status}."),
    ),
    template(
        "staff_silent",
        ("长时间无进展：{number} {status}", "Nothing has happened: {number}, {status}"),
        ("售后单 {number}（{items}）自{since}起没有任何进展，已主动告知消费者。",
         "Nothing has happened in case {number} ({items}) since {since}; its consumer has been told where it stands."),
        ("当前状态：{status}。现在轮到：{turn}。", "Now: {status}. Whose turn it is: {turn}."),
        ("下一步最晚：{due_ahead}", "Next step by: {due_ahead}"),
        ("已超时：原定{due_passed}前完成。", "Late: it was due by {due_passed}."),
        ("请跟进，并在售后单里登记结果。", "Follow it up, and record the outcome in the case."),
    ),
    template(
        "staff_blocked",
        ("期限处理受阻：{number}", "A limit is blocked: {number}"),
        ("售后单 {number} 的期限“{deadline}”未能自动处理（{code}），需要人工处理。",
         "The limit “{deadline}” of case {number} could not be worked off ({code}); a person must act."),
    ),
    template(
        "staff_attached",
        ("消费者补充了凭证：{number}", "The consumer added evidence: {number}"),
        ("售后单 {number}（{items}）有新的凭证，当前状态：{status}。", "Case {number} ({items}) has new evidence; now: {status}."),
        ("请在{due}前处理。", "Act by {due}."),
    ),
    template(
        "staff_parcel_found",
        ("无主包裹属于本单：{number}", "An unidentified parcel is this case's: {number}"),
        ("无主包裹 {unidentified}（运单号 {waybill}）已核对为售后单 {number} 的商品，请开箱登记。",
         "The unidentified parcel {unidentified} (waybill {waybill}) belongs to case {number}; unpack and register it."),
        ("存放位置：{place}", "It lies at: {place}"),
    ),
    template(
        "staff_money_differs",
        ("渠道金额不符，需人工核对：{number}", "The channel says otherwise: {number}"),
        ("售后单 {number}：支付渠道的结果与我方记录矛盾（{contradiction}），请在对账页核实实付并结清。",
         "Case {number}: the payment channel contradicts our books ({contradiction}); confirm what was really paid and settle it."),
    ),
    template(
        "staff_poor_rating",
        ("消费者评价较低：{number}，{grade} 分", "A poor rating: {number}, {grade} of 5"),
        ("消费者对售后单 {number}（{items}）的评价为 {grade} 分（满分 5 分）。",
         "The consumer rated case {number} ({items}) {grade} of 5."),
        ("请查看评价理由，必要时回访。", "See the reasons in the case, and get in touch where needed."),
    ),
)  # fmt: skip
