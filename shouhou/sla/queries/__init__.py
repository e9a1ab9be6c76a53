"""Reading clocks, breaches and scorecards."""
