"""A small real text message gateway for the demo and the tests."""
