"""Refunds: money of a charge that goes back."""
