"""平台介入 dispute: the shop answers, both give evidence and may agree, an arbitrator rules, either side appeals (law L-24; JD-R1 3–16).

Every service that knows the state `disputed` gets all of it here, around its own rulings; what a ruling or an agreement says is
carried out by the service's own effects, at once and by itself.
"""

from collections.abc import Iterable
from dataclasses import replace

from shouhou.cases.workflows.asks import CONSUMER, EVIDENCE, FAULTS, SYSTEM
from shouhou.cases.workflows.writing import move, note
from shouhou.foundation.workflow import Ask, Limit, Move, State, Text, Who, Workflow

HERE = "disputed"
ANSWER, EVIDENCE_OF_BUYER, EVIDENCE_OF_SHOP, TO_BUYER, TO_SHOP = (
    "dispute_answer", "dispute_evidence", "dispute_shop_evidence", "dispute_proposal", "dispute_counter",
)  # fmt: skip
STEPS = (ANSWER, EVIDENCE_OF_BUYER, EVIDENCE_OF_SHOP, TO_BUYER, TO_SHOP)
ALL = " ".join((HERE, *STEPS))
JUDGES: frozenset[Who] = frozenset({"supervisor", "arbitrator"})
SHOPS: frozenset[Who] = frozenset({"merchant_operator", "merchant_manager", "reviewer"})
# A ruling, and for whom it is.
RULINGS = {"rule_for_consumer": "consumer", "rule_deduction": "both", "rule_for_seller": "seller", "rule_in_doubt": "consumer"}
BLAME = Ask(
    "fault", "choice", Text("责任认定", "Who is to blame"), required=True,
    choices={**FAULTS, "both": Text("双方", "both sides")},
    help=Text("双方有责时，运费按商家责任处理。", "Where both are, the freight goes as if it were the seller."),
)  # fmt: skip
REASONS = Ask("note", "text", Text("裁决理由", "Reasons"), required=True, most=2000)
STATEMENT = Ask("statement", "text", Text("陈述", "Statement"), required=True, most=2000)
SIDES = {"consumer": Text("消费者", "the consumer"), "shop": Text("商家", "the shop")}
AMOUNT = Ask("amount", "money", Text("金额", "Amount"), required=True)
AMOUNT_OF_PART = Ask("amount", "money", Text("金额", "Amount"), help=Text("退还一部分金额时填写。", "For a part of the money."))
AS_AGREED = Text("按协商一致的方案办理", "carried out as agreed")
# What was asked for is itself a sum: it is settled by naming one.
SUMS = frozenset({"price_protection", "compensation"})
AS_ASKED = {"as_asked": Text("按消费者的申请办理", "what the consumer asked for")}
BY_AMOUNT = {"amount": Text("退还一部分金额，商品留在现在的地方", "a part of the money, the goods stay where they are")}
NOTHING = {"nothing": Text("维持商家的决定", "what the shop has decided stands")}
DECLINED = {
    "out_of_time": Text("超过申请期限", "asked for too late"),
    "ruled_already": Text("同一问题已有裁决且无新事实", "ruled already, and nothing new"),
    "origin_unknown": Text("标签被毁改，无法确认来源", "labels torn or altered: its origin cannot be told"),
    "not_this_order": Text("争议商品与订单不符", "not the item of this order"),
    "sham_order": Text("虚假交易", "a sham order"),
    "settled": Text("双方已和解并履行", "settled and carried out, regretted later"),
    "with_authority": Text("行政机关或法院已受理", "with an authority or a court"),
    "malicious": Text("恶意投诉或违法账户", "malicious, or an unlawful account"),
}
# Services whose remedy may bring the goods back: a proposal names where they go. The shop's addresses are the day's, not the workflow's.
SENT_BACK = frozenset({"return", "exchange"})
RETURN_ADDRESS = Ask(
    "return_address", "choice", Text("退货地址", "Return address"),
    help=Text("商品需要寄回时寄到哪里；不选为默认地址。", "Where the goods go back to, if they do; the default one when not chosen."),
)  # fmt: skip
# Services of which a part can be had in money: where the rest of the way then is another service's, which.
PARTS = {"return": "refund_only", "refund_only": None, "price_protection": None, "compensation": None}

STATES = (
    State(ANSWER, Text("待商家答辩", "The shop is to answer"), "inspected", "reviewer",
          (Limit("dispute_answer", "dispute_answer_hours", "dispute_unanswered"),),
          hint=Text("平台已受理：商家须在限期内答辩或与您和解，逾期按现有材料裁决。",
                    "Taken up: the shop answers or settles in time; otherwise the ruling goes by what is there.")),
    State(EVIDENCE_OF_BUYER, Text("待消费者举证", "Evidence awaited from the consumer"), "inspected", "consumer",
          (Limit("dispute_evidence", "dispute_evidence_hours", "dispute_evidence_over"),),
          hint=Text("平台请消费者补充材料；逾期按现有材料裁决。只计受理时段。",
                    "More is asked of the consumer; without it the ruling goes by what is there. Only the desk's hours count.")),
    State(EVIDENCE_OF_SHOP, Text("待商家举证", "Evidence awaited from the shop"), "inspected", "reviewer",
          (Limit("dispute_shop_evidence", "dispute_evidence_hours", "dispute_evidence_over"),),
          hint=Text("平台请商家补充材料；逾期按现有材料裁决。只计受理时段。",
                    "More is asked of the shop; without it the ruling goes by what is there. Only the desk's hours count.")),
    State(TO_BUYER, Text("协商方案待消费者答复", "A proposal awaits the consumer"), "inspected", "consumer",
          (Limit("dispute_proposal", "dispute_proposal_hours", "proposal_lapsed"),),
          hint=Text("请答复协商方案；不同意或未答复，由平台裁决。",
                    "Answer the proposal; refused or unanswered, the platform rules.")),
    State(TO_SHOP, Text("协商方案待商家答复", "A proposal awaits the shop"), "inspected", "reviewer",
          (Limit("dispute_counter", "dispute_proposal_hours", "proposal_lapsed"),),
          hint=Text("协商方案待商家答复；不同意或未答复，由平台裁决。",
                    "The shop is to answer; refused or unanswered, the platform rules.")),
)  # fmt: skip
MOVES = (
    # ------------------------------------------------------------------------------------------------ answer and evidence
    move("answer_dispute", "提交答辩", "Answer", ANSWER, HERE, SHOPS, STATEMENT, EVIDENCE,
         says=Text("商家提交了答辩", "the shop answered"), primary=True),
    move("dispute_unanswered", "商家逾期未答辩", "The shop did not answer", ANSWER, HERE, SYSTEM,
         says=Text("商家逾期未答辩，按现有材料裁决", "the shop did not answer in time: ruled by what is there")),
    move("ask_dispute_evidence", "要求补充证据", "Ask for evidence", HERE, EVIDENCE_OF_BUYER, JUDGES,
         Ask("side", "choice", Text("由谁补充", "From whom"), required=True, choices=SIDES),
         Ask("what", "text", Text("需要什么材料", "What is needed"), required=True, most=1000),
         or_to=EVIDENCE_OF_SHOP, says=Text("平台要求补充证据", "the platform asked for evidence")),
    move("give_dispute_evidence", "提交证据", "Give the evidence", EVIDENCE_OF_BUYER, HERE, CONSUMER, STATEMENT, EVIDENCE,
         says=Text("消费者补充了证据", "the consumer gave evidence"), primary=True),
    move("give_shop_evidence", "提交证据", "Give the evidence", EVIDENCE_OF_SHOP, HERE, SHOPS, STATEMENT, EVIDENCE,
         says=Text("商家补充了证据", "the shop gave evidence"), primary=True),
    move("dispute_evidence_over", "逾期未举证", "No evidence in time", f"{EVIDENCE_OF_BUYER} {EVIDENCE_OF_SHOP}", HERE, SYSTEM,
         says=Text("逾期未举证，按现有材料裁决", "no evidence in time: ruled by what is there")),
    # ------------------------------------------------------------------------------------------------ agreement
    move("take_proposal", "同意方案", "Agree", TO_BUYER, None, CONSUMER, or_to=TO_SHOP,
         says=Text("消费者同意协商方案", "the consumer agreed"), primary=True),
    move("take_counter", "同意方案", "Agree", TO_SHOP, None, SHOPS, says=Text("商家同意协商方案", "the shop agreed"), primary=True),
    move("refuse_proposal", "不同意方案", "Do not agree", TO_BUYER, HERE, CONSUMER,
         says=Text("消费者不同意协商方案", "the consumer did not agree")),
    move("refuse_counter", "不同意方案", "Do not agree", TO_SHOP, HERE, SHOPS, says=Text("商家不同意协商方案", "the shop did not agree")),
    move("proposal_lapsed", "方案逾期未答复", "The proposal was not answered", f"{TO_BUYER} {TO_SHOP}", HERE, SYSTEM,
         says=Text("协商方案逾期未答复，由平台裁决", "the proposal was not answered in time: the platform rules")),
)  # fmt: skip


def with_dispute(workflow: Workflow) -> Workflow:
    """The service with the whole of a dispute around its own rulings; one that knows no `disputed` is left as it is."""
    found = {state.name: state for state in workflow.states}
    if HERE not in found:
        return workflow
    here = found[HERE]
    steps = tuple(replace(state, stage=here.stage, limits=(*state.limits, *here.limits)) for state in STATES)
    moves = {each.name: each for each in (_led_in(move) for move in workflow.moves)}
    more = [*_personal(MOVES), *_proposals(workflow.service), *_settlements(workflow.service, moves), *_appeals(workflow.states)]
    states = tuple(_paused(_with_appeal(state)) for state in (*workflow.states, *steps))
    return replace(workflow, states=states, moves=(*moves.values(), *more))


def _personal(moves: Iterable[Move]) -> Iterable[Move]:
    """Nobody says yes to a settlement in the consumer's place."""
    return (replace(found, personal=True) if found.name == "take_proposal" else found for found in moves)


def _led_in(found: Move) -> Move:
    """What led to the ruling leads to the shop's answer; what went on beside it goes on beside all of the dispute."""
    led = replace(
        found, target=ANSWER if found.target == HERE else found.target,
        or_to=frozenset(ANSWER if target == HERE else target for target in found.or_to),
    )  # fmt: skip
    if HERE not in led.sources:
        return led
    if led.name in RULINGS and led.by & JUDGES:
        return replace(led, asks=(BLAME, *(ask for ask in led.asks if ask.field != "fault")))
    return replace(led, sources=led.sources | set(STEPS))


def _proposals(service: str) -> Iterable[Move]:
    """Each side to the other, the platform to both; only what this service can carry out."""
    kinds = ({} if service in SUMS else AS_ASKED) | (BY_AMOUNT if service in PARTS else {})
    for name, sources, target, by, more in (
        ("propose_as_consumer", f"{ANSWER} {HERE} {EVIDENCE_OF_BUYER} {TO_BUYER}", TO_SHOP, CONSUMER, {}),
        ("propose_as_shop", f"{ANSWER} {HERE} {EVIDENCE_OF_SHOP} {TO_SHOP}", TO_BUYER, SHOPS, {}),
        ("propose_settlement", HERE, TO_BUYER, JUDGES, NOTHING),
    ):
        yield move(
            name, "提出和解方案", "Propose a settlement", sources, target, by,
            Ask("kind", "choice", Text("方案", "Proposal"), required=True, choices={**kinds, **more}),
            *([AMOUNT_OF_PART] if service in PARTS else []),
            *([RETURN_ADDRESS] if service in SENT_BACK and name != "propose_as_consumer" else []),
            Ask("note", "text", Text("说明", "In words"), required=True, most=1000),
            says=Text("提出和解方案", "proposed a settlement"),
        )  # fmt: skip


def _settlements(service: str, moves: dict[str, Move]) -> Iterable[Move]:
    """What both agreed on is carried out as a ruling would be; nobody is to blame then."""
    agreed, everywhere = frozenset({TO_BUYER, TO_SHOP}), frozenset(ALL.split())
    for_consumer, for_seller = moves["rule_for_consumer"], moves["rule_for_seller"]
    by_amount = replace(for_consumer, name="settle_amount", by=SYSTEM, sources=agreed, asks=(AMOUNT,), label=AS_AGREED, says=AS_AGREED)
    if service not in SUMS:
        yield replace(for_consumer, name="settle_as_asked", by=SYSTEM, sources=agreed, asks=(), label=AS_AGREED, says=AS_AGREED)
    if service in PARTS:
        yield replace(by_amount, target="allowed", or_to=frozenset(), to_service=PARTS[service])
    if "rule_deduction" in moves:
        cut = moves["rule_deduction"].target
        yield replace(by_amount, name="settle_deduction", target=cut, or_to=frozenset(), when="goods_here")
    yield replace(for_seller, name="settle_nothing", by=SYSTEM, sources=frozenset({TO_SHOP}), asks=(), label=AS_AGREED, says=AS_AGREED)
    yield replace(
        for_seller, name="withdraw_dispute", label=Text("撤回介入申请", "Withdraw the dispute"), by=CONSUMER, asks=(), danger=True,
        sources=everywhere, says=Text("撤回了介入申请", "withdrew the dispute"),
    )  # fmt: skip
    yield replace(
        for_seller, name="decline_dispute", label=Text("不予受理", "Do not take it up"), sources=frozenset({ANSWER, HERE}),
        asks=(Ask("ground", "choice", Text("不予受理的理由", "Ground"), required=True, choices=DECLINED), REASONS),
        says=Text("平台不予受理", "the platform did not take it up"), danger=True,
    )  # fmt: skip


APPEAL_STATES = ("closed", "not_accepted", "sent_back")
# Where what was ruled has been carried out.
DONE = ("refunded", "closed")
SHOP_APPEAL = Limit("shop_appeal", "appeal_decision_days", "note_shop_appeal", when="shop_appeal_open", aside="arbitrator")


def _appeals(states: Iterable[State]) -> Iterable[Move]:
    """Either side's appeal, once each, decided by another arbitrator. A consumer's opens the dispute again. What a consumer has
    been given stays theirs: a shop's, when it is upheld, is paid by the platform."""
    names = [state.name for state in states]
    outside = " ".join(name for name in names if name in DONE)
    why = Ask("reason", "text", Text("申诉理由（新的事实或依据）", "Why (new facts or grounds)"), required=True, most=2000)
    borne = Ask("amount", "money", Text("由平台承担并返还商家的金额", "What the platform bears and gives back to the shop"), required=True)
    yield move(
        "appeal_ruling", "对裁决申诉", "Appeal against the ruling", " ".join(name for name in names if name in APPEAL_STATES), HERE,
        CONSUMER, why, EVIDENCE, says=Text("消费者对裁决提出申诉", "the consumer appealed against the ruling"), when="consumer_lost",
    )  # fmt: skip
    yield move(
        "appeal_as_shop", "对裁决申诉", "Appeal against the ruling", outside, None, frozenset({"merchant_operator", "merchant_manager"}),
        why, EVIDENCE, when="shop_lost",
        says=Text("商家对裁决提出申诉，已作出的退款不受影响", "the shop appealed; what the consumer was given stays"),
    )  # fmt: skip
    yield move(
        "uphold_appeal", "申诉成立", "Uphold the appeal", outside, None, JUDGES, borne, REASONS, when="shop_appeal_open",
        says=Text("商家申诉成立，由平台承担", "the shop's appeal was upheld: the platform bears it"),
    )  # fmt: skip
    yield move(
        "dismiss_appeal", "驳回申诉", "Dismiss the appeal", outside, None, JUDGES, REASONS, when="shop_appeal_open",
        says=Text("商家申诉被驳回", "the shop's appeal was dismissed"),
    )  # fmt: skip
    yield note("note_shop_appeal", "商家申诉逾期未决", "The shop's appeal is overdue", outside)


def _with_appeal(state: State) -> State:
    return replace(state, limits=(*state.limits, SHOP_APPEAL)) if state.name in DONE else state


def _paused(state: State) -> State:
    """What stood still while the platform ruled stands still all through the dispute."""
    return replace(state, limits=tuple(
        replace(limit, pauses_in=limit.pauses_in | set(STEPS)) if HERE in limit.pauses_in else limit for limit in state.limits
    ))  # fmt: skip
