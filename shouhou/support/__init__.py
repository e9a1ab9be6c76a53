"""The human half: help, conversations, complaints, disputes, satisfaction."""
