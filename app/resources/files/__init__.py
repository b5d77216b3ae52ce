"""Files that were uploaded, and the links that open them without a key."""
