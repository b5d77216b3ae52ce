"""Country specs, which Stripe defines: they can only be read."""
