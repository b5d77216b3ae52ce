"""Charges: attempts to move money from a card."""
