"""Disputes: a customer's bank takes the money of a charge back, or asks about it."""
