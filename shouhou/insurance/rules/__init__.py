"""What a return's freight is worth by the insurer's standard, as pure rules over data."""
