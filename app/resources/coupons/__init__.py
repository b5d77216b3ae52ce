"""Coupons, and the discounts that they give to customers, subscriptions, invoices and invoice items."""
