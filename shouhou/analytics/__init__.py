"""What the cases tell: statistics with the formula and the cohort printed beside every figure. Reads only."""
