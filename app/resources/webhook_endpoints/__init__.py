"""Webhook endpoints: where events are posted to."""
