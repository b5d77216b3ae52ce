"""Setup intents: payment methods made ready to be charged later."""
