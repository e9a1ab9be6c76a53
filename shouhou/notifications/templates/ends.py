"""What the consumer is told at an end, at a new beginning, and in between."""

from shouhou.notifications.templates.template import template

ENDS = (
    template(
        "survey",
        ("{service} {number} 已办结，请评价", "{service} {number} has ended: how was it?"),
        ("请用一分钟评价这次服务：五个等级，可以写原因。", "Please take a minute to rate this service: five grades, and why if you like."),
        ("可以评价和修改到{survey_until}。", "You can rate it, and change that, until {survey_until}."),
        ("评价隐去姓名公开展示，好评差评都照常显示。", "Ratings are shown to everybody without your name, good and poor alike."),
    ),
    template(
        "rating_answered",
        ("您的评价有了回复", "Your rating was answered"),
        ("{shop} 回复了您对 {number} 的评价。", "{shop} has answered your rating of {number}."),
    ),
    template(
        "complaint_answered",
        ("{service} {number} 已答复", "{service} {number}: our answer"),
        ("{reply}", "{reply}"),
        ("解决方案：{solution}", "Solution: {solution}"),
        ("依据：{clause}", "Basis: {clause}"),
        ("请在{disagree_until}前查看；不同意可说明理由，由主管再看一次。",
         "Please read it by {disagree_until}; if you disagree, say why and a supervisor looks once more."),
        ("{outside}", "{outside}"),
    ),
    template(
        "complaint_asked",
        ("请在{due}前补充说明", "Please tell us more by {due}"),
        ("为核实 {number}，需要您补充：{what}", "To look into {number} we need from you: {what}"),
        ("逾期未补充，将按现有材料继续处理并答复您。", "Without it we go on with what there is, and answer you."),
    ),
    template(
        "lapsed",
        ("售后单已失效", "Your case has lapsed"),
        ("售后单 {number} 逾期未处理，已失效。", "Case {number} was not acted on in time and has lapsed."),
        ("如商品仍在售后期内，您可以重新开启或重新申请。", "While the window is open you can reopen it or apply again."),
    ),
    template(
        "cancelled",
        ("售后申请已取消", "Your request is cancelled"),
        ("售后单 {number} 已取消。在售后期内可以重新申请。", "Case {number} is cancelled. You may apply again while the window is open."),
    ),
    template(
        "closed",
        ("售后单已完成", "Your case is closed"),
        ("售后单 {number} 已完成：{said}。", "Case {number} is closed: {said}."),
        ("原因：{closing_reason}", "Reason: {closing_reason}"),
        ("说明：{note}", "Note: {note}"),
        ("如问题仍未解决，可在 7 天内重新开启；出现新的质量问题可随时申请。",
         "If it is not solved, reopen it within 7 days; a new defect can be reported at any time."),
    ),
    template(
        "reopened",
        ("售后单已重新开启", "Your case is open again"),
        ("售后单 {number} 已重新开启，最晚{review_due}前完成审核。",
         "Case {number} is open again and will be reviewed by {review_due}."),
        ("原因：{reason}", "Reason: {reason}"),
    ),
    template(
        "deadline_changed",
        ("期限已调整至 {due}", "A limit has changed: now {due}"),
        ("售后单 {number} 的期限已延长 {hours} 小时，新的期限：{due}。",
         "A limit of case {number} was extended by {hours} hours: now {due}."),
        ("原因：{reason}", "Reason: {reason}"),
    ),
    template(
        "overdue",
        ("我们超时了：{said}", "We are late: {said}"),
        ("售后单 {number}：{said}。对不起，我们正在督办。", "Case {number}: {said}. We are sorry and are following it up."),
        ("当前状态：{status}。", "Now: {status}."),
        ("您无需操作，也可以申请平台介入或在售后单里留言。",
         "You need not do anything; you may ask the platform to step in or write in the case."),
    ),
    template(
        "new_message",
        ("您有一条新的售后留言", "A new message about your case"),
        ("{speaker}：{text}", "{speaker}: {text}"),
        ("请在售后单里查看和回复。", "Read and answer in the case."),
    ),
    template(
        "progress",
        ("售后进展：{said}", "Your case: {said}"),
        ("售后单 {number}：{said}。", "Case {number}: {said}."),
        ("当前状态：{status}。{hint}", "Now: {status}. {hint}"),
        ("说明：{note}", "Note: {note}"),
        ("下一步最晚：{due}", "Next step by: {due}"),
    ),
)  # fmt: skip
