"""Payouts: money that leaves for a bank account."""
