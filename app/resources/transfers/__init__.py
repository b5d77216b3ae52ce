"""Transfers: money that goes from a platform to the accounts connected to it, and what of it comes back."""
