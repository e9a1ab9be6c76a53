"""What a shop and those who oversee are told about clocks, breaches, scorecards and measures."""

from shouhou.notifications.templates.template import template

CLOCKS = (
    template(
        "shop_due_soon",
        ("时限将至：{ref} {clock}", "Due soon: {ref}, {clock}"),
        ("售后单 {ref} 的“{clock}”须在{was_due}前完成。", "“{clock}” of case {ref} is due by {was_due}."),
        ("逾期将记录违约，并按政策自动处理。", "Once it has passed a breach is recorded and the book's consequence follows."),
    ),
    template(
        "shop_breach",
        ("违约记录 {ref}：{clock}", "Breach {ref}: {clock}"),
        ("{shop} 未在{was_due}前完成“{clock}”，已记录违约 {ref}。",
         "{shop} did not complete “{clock}” by {was_due}: breach {ref} is recorded."),
        ("关联售后单：{about}。", "Case: {about}."),
        ("积分：{points}。", "Points: {points}."),
        ("如有异议，请在{due}前申诉并附上凭证。", "If you disagree, appeal with evidence by {due}."),
    ),
    template(
        "shop_breach_decided",
        ("违约申诉结果 {ref}：{verdict}", "Your appeal {ref}: {verdict}"),
        ("违约 {ref}（{clock}）的申诉结果：{verdict}。", "Breach {ref} ({clock}): {verdict}."),
        ("理由：{reasons}", "Reasons: {reasons}"),
    ),
    template(
        "shop_scorecard",
        ("{month} 月度评分卡", "Your scorecard for {month}"),
        ("{shop} {month} 的评分卡已定，包含满意度、审核用时、按时率与退换原因。",
         "The scorecard of {shop} for {month} is closed: satisfaction, review time, clocks kept, reasons of returns."),
    ),
    template(
        "shop_suspended",
        ("售后系统已停用 {ref}", "Your use of the system is suspended: {ref}"),
        ("平台已停用 {shop} 的售后系统，未结售后单由平台接手。", "The platform has suspended {shop}; its open cases are taken over."),
        ("理由：{reasons}", "Reasons: {reasons}"),
        ("如有异议，请在{due}前登录并申诉。", "If you disagree, sign in and appeal by {due}."),
    ),
    template(
        "shop_reinstated",
        ("售后系统已恢复 {ref}", "You may use the system again: {ref}"),
        ("{shop} 可以重新使用售后系统，未结售后单已交回。", "{shop} may use the system again; open cases are handed back."),
        ("理由：{reasons}", "Reasons: {reasons}"),
    ),
    template(
        "overseer_breach_appealed",
        ("商家申诉违约 {ref}", "An appeal to decide: {ref}"),
        ("{shop} 对违约 {ref}（{clock}）提出申诉，请在{due}前裁决。", "{shop} appealed against breach {ref} ({clock}); decide by {due}."),
    ),
    template(
        "overseer_breach_overdue",
        ("违约申诉逾期未裁决 {ref}", "An appeal is overdue: {ref}"),
        ("{shop} 对违约 {ref}（{clock}）的申诉已逾期，请尽快裁决。", "The appeal of {shop} against breach {ref} ({clock}) is overdue."),
    ),
    template(
        "overseer_conduct_appealed",
        ("内容审核申诉：{held_to}", "An appeal against a blocked text: {held_to}"),
        ("{author}对被拦截或标记的内容提出申诉，请另一位同事裁决。",
         "{author} appealed against a text that was blocked or flagged; somebody else decides."),
        ("内容：{text}", "The text: {text}"),
    ),
    template(
        "staff_conduct_decided",
        ("您的申诉有结果：{outcome}", "Your appeal was decided: {outcome}"),
        ("内容：{text}", "The text: {text}"),
        ("所涉规则：{held_to}", "The rules: {held_to}"),
        ("理由：{reasons}", "Reasons: {reasons}"),
    ),
    template(
        "overseer_complaint_unowned",
        ("投诉无人负责：{ref}", "A complaint nobody owned: {ref}"),
        ("投诉 {ref} 在规定时间内无人负责。", "Complaint {ref} had no owner in time."),
        ("已派给{owner}。", "It was given to {owner}."),
    ),
    template(
        "overseer_quality_alert",
        ("质量预警：{text}", "Too many defects: {text}"),
        ("{text}（{ref}）截至 {day} 的 30 天内质量问题率为 {percent}%。",
         "{text} ({ref}): {percent} % came back as defective in the 30 days until {day}."),
        ("质量问题 {defective} 件，同期下单 {sold} 件，请转告采购。",
         "{defective} units, of {sold} ordered in the same days: tell purchasing."),
    ),
    template(
        "overseer_suspension_appealed",
        ("商家申诉停用 {ref}", "An appeal against a suspension: {ref}"),
        ("{shop} 对停用措施 {ref} 提出申诉，请在{due}前裁决。", "{shop} appealed against measure {ref}; decide by {due}."),
    ),
    template(
        "overseer_suspension_overdue",
        ("停用申诉逾期未裁决 {ref}", "An appeal against a suspension is overdue: {ref}"),
        ("{shop} 对停用措施 {ref} 的申诉已逾期，请尽快裁决。", "The appeal of {shop} against measure {ref} is overdue; decide it now."),
    ),
    template(
        "staff_extended",
        ("时限已延长：{number}", "A limit was extended: {number}"),
        ("售后单 {number} 的一个时限延长了 {hours} 小时。", "A limit of case {number} runs {hours} hours longer."),
        ("原因：{reason}", "Why: {reason}"),
    ),
)  # fmt: skip
