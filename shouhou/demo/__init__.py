"""The demo shop: orders, people and cases made by a seeded generator, the same for the same date and seed."""
