"""What webhooks announce."""

from shouhou.plumbing.events import event_type

WEBHOOK_DISABLED = event_type(
    "webhook.disabled", zh="Webhook 长时间失败，已停用", en="a webhook failed for long and was switched off",
    endpoint="the endpoint's id", url="its address", since="failing since, RFC 3339", reason="failing | gone",
)
