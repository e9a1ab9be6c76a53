"""One router per resource: parse, one call into the domain, bytes."""
