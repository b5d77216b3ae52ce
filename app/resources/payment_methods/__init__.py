"""Payment methods: cards that customers pay with, and what else they may have."""
