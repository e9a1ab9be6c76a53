"""A mail server of one's own, for tests and the demo."""
