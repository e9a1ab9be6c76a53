"""What a shop's people and the house's finance are told about a shop's money."""

from shouhou.notifications.templates.template import template

SHOP_MONEY = (
    template(
        "shop_deposit_low",
        ("保证金不足，请补缴", "Your deposit is too low"),
        ("{shop} 的保证金余额 {balance}，须缴 {required}。请尽快补缴，以免影响结算。",
         "The deposit of {shop} is {balance}; {required} is required. Please top it up soon."),
    ),
    template(
        "shop_deposit_drawn",
        ("已动用保证金 {amount}", "{amount} was drawn from your deposit"),
        ("货款不足以偿还平台垫付，已动用保证金 {amount}，剩余 {balance}。",
         "What you are owed did not cover what the platform advanced: {amount} was drawn from your deposit, {balance} is left."),
    ),
    template(
        "shop_recharge",
        ("追收通知 {ref}：{amount}", "Recharge {ref}: {amount}"),
        ("平台为 {shop} {kind} {amount}，将从货款中追收。",
         "The platform paid {amount} for {shop} ({kind}) and will take it from what you are owed."),
        ("关联售后单：{about}。", "Case: {about}."),
        ("如有异议，请在{due}前申诉并提交凭证；逾期未申诉将按月入账。",
         "If you disagree, appeal with evidence by {due}; otherwise it is booked with the month."),
    ),
    template(
        "shop_recharge_decided",
        ("追收申诉结果 {ref}：{verdict}", "Your appeal {ref}: {verdict}"),
        ("追收 {ref}（{amount}）的申诉结果：{verdict}。", "Recharge {ref} ({amount}): {verdict}."),
        ("理由：{reasons}", "Reasons: {reasons}"),
    ),
    template(
        "shop_settlement_paid",
        ("结算款已付 {amount}", "A settlement of {amount} was paid"),
        ("结算单 {ref} 的 {amount} 已付到 {shop} 的账户。", "{amount} of settlement {ref} was paid to the account of {shop}."),
    ),
    template(
        "finance_recharge_appealed",
        ("商家申诉待裁决 {ref}", "An appeal to decide: {ref}"),
        ("{shop} 对追收 {ref}（{amount}）提出申诉，请在{due}前裁决。",
         "{shop} appealed against recharge {ref} ({amount}); decide by {due}."),
    ),
    template(
        "finance_recharge_overdue",
        ("商家申诉逾期未裁决 {ref}", "An appeal is overdue: {ref}"),
        ("{shop} 对追收 {ref}（{amount}）的申诉已逾期，裁决前不会入账。",
         "The appeal of {shop} against recharge {ref} ({amount}) is overdue; nothing is booked before somebody decides."),
    ),
    template(
        "finance_settlement_failed",
        ("结算付款失败 {ref}", "A settlement could not be paid: {ref}"),
        ("付给 {shop} 的 {amount}（结算单 {ref}）被银行拒绝：{code}。请核对收款账户后重新付款，或线下付款。",
         "The bank refused {amount} for {shop} (settlement {ref}): {code}. Check the account and pay again, or pay by hand."),
    ),
    template(
        "finance_settlement_contradicted",
        ("银行实付金额与结算单不符 {ref}", "The bank paid another amount: {ref}"),
        ("付给 {shop} 的 {amount}（结算单 {ref}），银行报出的是 {bank_said}。请对照银行流水核实实付金额。",
         "For {shop}, {amount} was to be paid (settlement {ref}); the bank says {bank_said}. Check its statement and enter what was paid."),
    ),
    template(
        "finance_differences",
        ("对账差异 {count} 处：{channel} {day}", "{count} differences with {channel}, {day}"),
        ("{channel} {day} 的对账单与账簿不符，新增 {count} 处差异，请处理。",
         "The statement of {channel} of {day} does not agree with the books: {count} new differences are to be worked."),
    ),
    template(
        "finance_proof_bad",
        ("{day} 日结不符", "The books of {day} do not hold"),
        ("{day} 的日结证明不符：{checks}。请查明并处理后重新日结。",
         "The proof of {day} does not hold: {checks}. Find out why, mend it and prove the day again."),
    ),
)  # fmt: skip
