"""Subscription schedules: phases that a subscription walks through."""
