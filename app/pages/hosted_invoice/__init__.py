"""The page of an invoice, on which it can be paid, its receipt, and both as files."""
