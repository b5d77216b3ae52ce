"""Billyard, a persistent simulator of the Stripe Billing and Connect API, version 2022-08-01, on SQL."""

__version__ = "0.1.0"
