"""What decides about notices without touching the world: kinds, ways, quiet hours."""
