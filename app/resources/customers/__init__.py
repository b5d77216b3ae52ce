"""Customers: whoever is billed, and the timeline that their subscriptions, schedules and invoices share."""
