"""Radar's value lists, and the items in them."""
