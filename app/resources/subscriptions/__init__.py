"""Subscriptions and their items: what renews, and what prorates when it changes."""
