"""HTTP in and out: form bodies, parameters, keys, idempotency, pages and errors. Nothing here knows a resource."""
