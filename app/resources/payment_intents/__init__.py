"""Payment intents: what is to be paid, and how far it has come."""
