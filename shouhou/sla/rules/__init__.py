"""What clocks and scorecards go by: pure, without a database or a clock."""
