"""Screening what merchants write and show to consumers: contacts, payments beside the platform, ads, abuse, unlawful terms (CDT)."""
