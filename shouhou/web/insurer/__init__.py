"""The insurer's desk: claims to decide, each with what is known of its way."""
