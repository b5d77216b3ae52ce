"""How rows are declared, identified, read and written. Nothing here knows what a subscription is."""
