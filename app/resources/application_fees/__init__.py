"""Application fees: what a platform earns by payments of the accounts connected to it."""
