"""What a team's records mean; pure."""
