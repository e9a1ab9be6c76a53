"""Protection plans: what was sold with the goods, what it covers, and what was claimed of it (PLN-01…03)."""
