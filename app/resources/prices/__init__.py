"""Prices: what a product costs and how often, also in the shape of the older plans."""
