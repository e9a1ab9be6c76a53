"""The only writer of statements, differences and proofs."""
