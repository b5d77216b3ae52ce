"""Reviews: a person looks at a payment that may be fraudulent."""
