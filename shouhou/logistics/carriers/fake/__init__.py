"""A small real carrier for the demo and the tests: it answers, delays, fails, re-attempts and calls back."""
