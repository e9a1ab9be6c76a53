"""What is said about a protection plan that a buyer buys."""

from shouhou.notifications.templates.template import template

PLANS = (
    template(
        "plan_bought",
        ("保障计划已生效：{plan_name}", "Your plan is paid: {plan_name}"),
        ("您为 {items} 购买的{plan_name}已付款 {amount}，保单号 {plan}。",
         "You paid {amount} for your {plan_name} for {items}; its number is {plan}."),
        ("保障范围：{covers}", "What it covers: {covers}"),
        ("保障期限：{plan_period}", "How long: {plan_period}"),
        ("理赔时需要：{plan_papers}", "What a claim asks for: {plan_papers}"),
        ("保单和理赔情况随时可在订单的保障计划页查看。", "The policy and its claims stand on the order's page of plans at any time."),
    ),
    template(
        "plan_payment_failed",
        ("付款未成功：{plan_name}", "The payment did not go through: {plan_name}"),
        ("您为 {items} 购买{plan_name}的付款 {amount} 未成功，保障计划尚未生效，您没有被扣款。",
         "Your payment of {amount} for the {plan_name} for {items} did not go through. The plan is not in force, and nothing was taken."),
        ("在{due}前可以重新付款；不付款则不购买，无需取消。",
         "You can pay again until {due}. If you do not, nothing is bought and nothing needs to be cancelled."),
    ),
    template(
        "plan_unpaid",
        ("未付款，没有购买：{plan_name}", "Not paid, so not bought: {plan_name}"),
        ("{items} 的{plan_name}没有在期限内付款，没有购买，您也没有任何费用。",
         "The {plan_name} for {items} was not paid in time. It was not bought and costs you nothing."),
        ("仍想购买时，可在订单的保障计划页查看是否还能购买。",
         "If you still want it, the order's page of plans says whether it can be bought."),
    ),
    template(
        "plan_goods_gone",
        ("无需保障计划，付款退回：{plan_name}", "No plan is needed, your money goes back: {plan_name}"),
        ("您付款时 {items} 已在退货等处理中，{plan_name}没有生效；已付的 {amount} 按原支付方式退回。",
         "When you paid, {items} was already being returned. The {plan_name} did not begin; the {amount} goes back the way you paid."),
    ),
    template(
        "shop_plan_bought",
        ("售出一份保障计划：{plan_name}", "A plan was sold: {plan_name}"),
        ("订单 {order} 的 {items} 购买了{plan_name}（{plan}），已付款 {amount}，保障期限：{plan_period}。",
         "{plan_name} ({plan}) was bought for {items} of order {order}; {amount} was paid. It runs: {plan_period}."),
    ),
)  # fmt: skip
