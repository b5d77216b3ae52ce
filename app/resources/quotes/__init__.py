"""Quotes: what a customer is offered, and what becomes of it once they accept."""
