"""What webhooks refuse."""

from shouhou.foundation.refusals import refusal

WEBHOOK_NOT_FOUND = refusal(
    "WEBHOOK_NOT_FOUND", "not_found", zh="没有编号为 {id} 的 webhook。", en="There is no webhook {id}."
)
WEBHOOK_URL = refusal(
    "WEBHOOK_URL", "invalid", zh="Webhook 地址不可用：{why_zh}", en="The webhook's address cannot be used: {why_en}"
)
WEBHOOK_EVENTS = refusal(
    "WEBHOOK_EVENTS", "invalid", zh="没有名为 {event} 的事件。", en="There is no event called {event}."
)
WEBHOOK_TOO_MANY = refusal(
    "WEBHOOK_TOO_MANY", "conflict", zh="最多 {most} 个 webhook。", en="At most {most} webhooks."
)
WEBHOOK_INACTIVE = refusal(
    "WEBHOOK_INACTIVE", "conflict",
    zh="该 webhook 已停用，请先启用再补发。", en="This webhook is switched off. Switch it on before a replay.",
)
