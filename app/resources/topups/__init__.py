"""Top-ups: money that an account brings in from its bank."""
