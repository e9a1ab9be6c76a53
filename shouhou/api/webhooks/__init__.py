"""Webhooks: endpoints, signed deliveries, retry and replay."""
