"""Tax rates that callers define themselves."""
