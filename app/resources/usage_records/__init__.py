"""Usage of metered items, and its summary for each billing period."""
