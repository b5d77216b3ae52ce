"""Persons: who stands behind a connected account, what they are to it, and how far they are verified."""
