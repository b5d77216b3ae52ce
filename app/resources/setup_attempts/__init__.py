"""Setup attempts: each time that a payment method was to be set up. Setup intents make them."""
