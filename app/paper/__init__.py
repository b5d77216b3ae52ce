"""Documents for people: what stands on them, whatever it is that they bill, and how they are put on paper."""
