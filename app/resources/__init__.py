"""The slices: one folder for each of Stripe's resources, each with the same file names."""
