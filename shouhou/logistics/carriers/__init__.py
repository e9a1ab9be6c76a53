"""Carriers: one folder for each, one line in the registry."""
