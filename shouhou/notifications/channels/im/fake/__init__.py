"""A small real server that plays the chats' robots."""
