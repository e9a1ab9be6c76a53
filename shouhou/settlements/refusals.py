"""Why something about a merchant's money cannot be done."""

from shouhou.foundation.refusals import refusal

MERCHANT_UNKNOWN = refusal("MERCHANT_UNKNOWN", "not_found", zh="没有这个商家（{code}）。", en="There is no such shop ({code}).")
DEPOSIT_UNKNOWN = refusal("DEPOSIT_UNKNOWN", "not_found", zh="没有这笔资金登记（{number}）。", en="There is no such entry ({number}).")
DEPOSIT_PROOF = refusal(
    "DEPOSIT_PROOF", "invalid", zh="请填写大于零的金额和凭证号（银行流水号）。",
    en="Give an amount above zero and the proof (the bank's reference)."
)
DEPOSIT_PROOF_USED = refusal(
    "DEPOSIT_PROOF_USED", "conflict",
    zh="凭证 {proof} 已登记在 {number}，不能重复登记。", en="The proof {proof} stands in {number} already.",
)  # fmt: skip
DEPOSIT_ENDED = refusal("DEPOSIT_ENDED", "conflict", zh="{number} 已经处理过。", en="{number} has been dealt with.")
DEPOSIT_TOO_LITTLE = refusal(
    "DEPOSIT_TOO_LITTLE", "conflict",
    zh="保证金可退余额不足（可退 {free_minor}，单位为分）。", en="The deposit that may go back is not enough ({free_minor} minor units).",
)  # fmt: skip
DEPOSIT_STILL_NEEDED = refusal(
    "DEPOSIT_STILL_NEEDED", "conflict",
    zh="商家还有未结的追收、冻结或售后单，暂不能退还保证金。",
    en="Recharges, holds or cases of the shop are still open: its deposit stays.",
)  # fmt: skip
MONEY_SECOND_PERSON = refusal(
    "MONEY_SECOND_PERSON", "forbidden", zh="须由另一位同事复核。", en="Another person has to let this go."
)
RECHARGE_UNKNOWN = refusal("RECHARGE_UNKNOWN", "not_found", zh="没有这笔追收（{number}）。", en="There is no such recharge ({number}).")
RECHARGE_NOT_OPEN = refusal(
    "RECHARGE_NOT_OPEN", "conflict",
    zh="追收 {number} 当前不能这样处理（{state}）。", en="Recharge {number} cannot be dealt with like this now ({state}).",
)  # fmt: skip
RECHARGE_TOO_LATE = refusal(
    "RECHARGE_TOO_LATE", "conflict", zh="申诉期已于 {until} 结束。", en="The time for an appeal ended at {until}."
)
RECHARGE_REASONS = refusal(
    "RECHARGE_REASONS", "invalid", zh="请写明理由（1 到 {most} 字）。", en="Give reasons (1 to {most} characters)."
)
RECHARGE_EVIDENCE = refusal(
    "RECHARGE_EVIDENCE", "invalid", zh="请上传凭证（1 到 {most} 份）。", en="Add evidence (1 to {most} files)."
)
SETTLEMENT_UNKNOWN = refusal(
    "SETTLEMENT_UNKNOWN", "not_found", zh="没有这张结算单（{number}）。", en="There is no such settlement ({number})."
)
SETTLEMENT_OPEN = refusal(
    "SETTLEMENT_OPEN", "conflict",
    zh="结算单 {number} 尚未结束，请先处理它。", en="Settlement {number} is still open. Deal with it first.",
)  # fmt: skip
SETTLEMENT_NOT_SO = refusal(
    "SETTLEMENT_NOT_SO", "conflict",
    zh="结算单 {number} 当前不能这样处理（{state}）。", en="Settlement {number} cannot be dealt with like this now ({state}).",
)  # fmt: skip
SETTLEMENT_OUT_OF_DATE = refusal(
    "SETTLEMENT_OUT_OF_DATE", "conflict",
    zh="编制之后又有退款，余额已不足付款。请撤回后重新编制。",
    en="Refunds came in meanwhile and the balance no longer covers it. Withdraw it and prepare it anew.",
)  # fmt: skip
PAYOUT_NOT_CONTRADICTED = refusal(
    "PAYOUT_NOT_CONTRADICTED", "conflict",
    zh="银行没有就结算单 {number} 报出不同的金额，或已经核实过。",
    en="The bank has told no other amount of settlement {number}, or it is settled already.",
)  # fmt: skip
PAYEE_MISSING = refusal(
    "PAYEE_MISSING", "conflict",
    zh="尚未登记该商家的收款户名和账号。", en="The shop's payee and account are not known yet.",
)  # fmt: skip
