"""Django finds the tables here; they are written in webhooks/."""

from shouhou.api.webhooks.models import Delivery, WebhookEndpoint

__all__ = ["Delivery", "WebhookEndpoint"]
