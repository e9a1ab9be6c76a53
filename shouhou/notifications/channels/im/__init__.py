"""Rooms of a chat: DingTalk, WeCom, Feishu, Lark, Slack. apprise writes the messages and signs them; we carry them."""
