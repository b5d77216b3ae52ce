"""The form in steps on which the owner of a connected account says who is behind it."""
