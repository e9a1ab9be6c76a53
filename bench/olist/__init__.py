"""The proof on real orders: the worst reviewed ones are returned through the HTTP API alone, until the money is back."""
