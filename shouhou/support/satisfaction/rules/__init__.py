"""What satisfaction goes by: pure, without a database or a clock."""
