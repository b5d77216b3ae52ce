"""Capabilities: what a connected account may do, once it has been requested and its requirements are met."""
