"""The page on which the holder of a card confirms that it is them, or does not: 3D Secure."""
