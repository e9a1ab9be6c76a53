"""The replay of real returns: every return of UCI Online Retail goes through the real moves, under a simulated clock."""
