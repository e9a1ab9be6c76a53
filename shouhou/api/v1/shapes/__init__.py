"""The documented shapes of requests and answers."""
