"""Payment methods: cards that customers pay with."""
