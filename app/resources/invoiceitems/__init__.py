"""Invoice items as callers make, change and delete them; their rows are those of the invoices slice."""
