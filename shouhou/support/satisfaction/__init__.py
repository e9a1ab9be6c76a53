"""Satisfaction: the invitation, the monthly figure, calls after a poor grade, answers, and what is improved."""
