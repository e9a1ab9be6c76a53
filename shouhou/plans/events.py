"""What plans announce; the subject is the case ("SO-…") for claims, the policy number for the plan itself."""

from shouhou.plumbing.events import event_type

_PLAN = {"plan": "policy number", "kind": "manufacturer|extended|screen|accident|…", "order": "order number", "line": "order line"}
CLAIM_HELD = event_type(
    "plan.claim_held", zh="保障计划已受理", en="a plan pays for this repair", deductible="minor units", **_PLAN
)
CLAIM_USED = event_type(
    "plan.claim_used", zh="保障计划已理赔", en="a plan was claimed", amount="minor units, 0 where nothing was priced",
    currency="ISO 4217", provider="who stands behind the plan", claim_id="the claim's id", **_PLAN,
)
CLAIM_RELEASED = event_type("plan.claim_released", zh="保障计划理赔已释放", en="a claim was given back to the plan", **_PLAN)
PLAN_ENDED = event_type(
    "plan.ended", zh="保障计划已终止", en="a plan ended with its goods", refund="minor units due to the buyer", because="why", **_PLAN
)
_SOLD = {**_PLAN, "title": "the goods", "price_minor": "minor units", "currency": "ISO 4217", "charge": "the charge's number"}
PLAN_BOUGHT = event_type(
    "plan.bought", zh="保障计划已购买", en="a plan was bought and paid", starts_on="ISO date", ends_on="ISO date or null", **_SOLD
)
PLAN_PAYMENT_FAILED = event_type(
    "plan.payment_failed", zh="保障计划付款未成功", en="the payment of a plan came to nothing; it can be tried again",
    until="until when it can be paid", **_SOLD,
)  # fmt: skip
PLAN_NOT_BOUGHT = event_type(
    "plan.not_bought", zh="保障计划未购买", en="a plan that was asked for was not bought", because="unpaid|goods_gone", **_SOLD
)
