"""Benchmarks: each prints one JSON line with a ratio against a limit of the same run; never a timed test."""
