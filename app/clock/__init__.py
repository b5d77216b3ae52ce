"""Time: what it is now, what falls due, and the one loop that moves rows through it."""
