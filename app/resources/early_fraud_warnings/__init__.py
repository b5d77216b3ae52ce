"""Early fraud warnings: the issuer of a card says that a charge may be fraudulent."""
