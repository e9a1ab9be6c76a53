"""What is told of a freight claim: made, paid, refused with its reason, appealed."""

from shouhou.notifications.templates.template import template

INSURANCE = (
    template(
        "freight_claim_opened",
        ("运费险理赔已自动提交", "Your freight insurance claim was made for you"),
        ("售后单 {number}（{items}）已完成，运费险理赔 {claim} 已自动提交，申请金额 {amount}，您无需操作。",
         "Case {number} ({items}) is completed; the freight claim {claim} over {amount} was made for you. You need do nothing."),
        ("保险公司将在{insurer_due}前审核。", "The insurer decides by {insurer_due}."),
    ),
    template(
        "freight_claim_approved",
        ("运费险赔付已通过：{payout}", "Freight insurance pays {payout}"),
        ("理赔 {claim} 已通过，{payout} 将付至您的账户余额。", "Claim {claim} was approved: {payout} goes to your balance."),
        ("保险公司说明：{remark}", "The insurer says: {remark}"),
    ),
    template(
        "freight_claim_refused",
        ("运费险未予赔付", "Your freight claim was refused"),
        ("理赔 {claim}（售后单 {number}）未通过：{freight_ground}。", "Claim {claim} (case {number}) was refused: {freight_ground}."),
        ("保险公司说明：{remark}", "The insurer says: {remark}"),
        ("如不认可，可在{appeal_until}前在售后单里申诉一次。", "If you disagree, you can appeal once in the case, until {appeal_until}."),
    ),
    template(
        "freight_claim_appealed",
        ("运费险申诉已提交", "Your appeal went to the insurer"),
        ("理赔 {claim} 的申诉已提交，保险公司将在{insurer_due}前重新审核，结果为最终结果。",
         "The appeal for claim {claim} was sent; the insurer looks again by {insurer_due}, and that answer is final."),
    ),
    template(
        "freight_claim_paid",
        ("运费险赔款已到账：{payout}", "Freight insurance paid {payout}"),
        ("理赔 {claim} 的赔款 {payout} 已到您的账户余额。", "{payout} for claim {claim} is in your balance."),
    ),
    template(
        "staff_freight_refused",
        ("运费险拒赔：{number}", "Freight claim refused: {number}"),
        ("售后单 {number} 的运费险理赔 {claim} 未通过：{freight_ground}。",
         "The freight claim {claim} of case {number} was refused: {freight_ground}."),
        ("{remark}", "{remark}"),
        ("可在{appeal_until}前申诉一次。", "It can be appealed once, until {appeal_until}."),
    ),
    template(
        "insurer_reminder",
        ("理赔即将到期：{claim}", "A claim is nearly due: {claim}"),
        ("运费险理赔 {claim}（金额 {amount}）请在{insurer_due}前审核。", "Freight claim {claim} over {amount}: decide by {insurer_due}."),
    ),
    template(
        "insurer_late",
        ("保险公司逾期未审（INSURER_SLA）：{claim}", "The insurer is late (INSURER_SLA): {claim}"),
        ("运费险理赔 {claim}（金额 {amount}）应在{insurer_due}前审核，现已逾期，已升级财务处理。",
         "Freight claim {claim} over {amount} was due by {insurer_due}; it is with finance now."),
    ),
)  # fmt: skip
