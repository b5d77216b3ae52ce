"""Where the money of an account comes from and goes to: its bank accounts."""
