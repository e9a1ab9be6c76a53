"""The people of a desk: their load, shifts swapped, training and quality checks."""
