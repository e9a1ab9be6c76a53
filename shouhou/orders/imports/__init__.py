"""Orders from files: a mapping says which of their columns is which of our fields."""
