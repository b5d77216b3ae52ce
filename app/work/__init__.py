"""Background work: who does what is due between requests, and after them."""
