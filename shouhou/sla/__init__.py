"""Whose clock runs, who missed it and what follows: boards, breaches, appeals, scorecards, suspension (D15)."""
