"""Events: written once by `emit`, snapshots for ever, delivered to webhook endpoints through an outbox."""
