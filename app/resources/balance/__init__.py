"""The balance and the transactions that changed it."""
