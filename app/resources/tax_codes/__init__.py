"""Tax codes, which Stripe defines: they can only be read."""
