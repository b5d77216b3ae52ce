"""Secrets that apps keep for an account or for one of its users."""
