"""Pure building blocks: money, days, ids, refusals, workflows. No Django, no clock, no I/O."""
