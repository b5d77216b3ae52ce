"""Accounts: for now the one that a key opens."""
