"""Mandates: what customers have agreed to, so that their payment methods may be charged later."""
