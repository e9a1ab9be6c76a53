"""What a plan covers and what it pays, as pure rules over data."""
