"""Test clocks: create, advance, delete."""
