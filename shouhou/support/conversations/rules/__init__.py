"""The rules of talking, pure: topics, the rota, canned words."""
