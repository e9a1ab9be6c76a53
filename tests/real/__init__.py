"""Stories on real data, told only where the data is."""
