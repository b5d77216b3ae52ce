"""Invoices, their lines, and invoice items: drafted, finalised, paid, retried."""
