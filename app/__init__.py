"""Billyard, a persistent simulator of the Stripe API for billing and payments, version 2022-08-01, on SQL.

A tour, from the outside in. A module may import only what stands below it here.

    cli, serve, wsgi   the `billyard` command, the server's processes (`granian_servers`), the application they import
    factory            puts an application together over a database; nothing else
    registry           the composition root: routes, what time does (TICKERS), what follows from which event (REACTIONS)
    work               the worker: one thread that runs the engine, delivers webhooks, sleeps until something is due
    pages              what a person opens in a browser: an invoice, a receipt, the question whether it is them
    control            the `/_sim` API and what the command line does
    resources          the slices, one folder for each of Stripe's resources: /v1/prices… is resources/prices
    wire               HTTP in and out: keys, form bodies, parameters, idempotency, lists, searches; knows no resource
    clock              the wall clock (`now`), one reason why time moves a row (`ticker`), the loop that does it (`engine`)
    events             `emit`, the only birthplace of an event; the outbox and the deliveries
    render             rows to JSON by compiled views; `expand[]`
    context            who is asking, what time it is for them, which rows they may see
    db                 how rows are declared, identified, read and written
    paper              documents in words, and how they become PDFs
    domain, errors     arithmetic without any I/O; Stripe's refusals as exceptions

A slice has the same file names everywhere. `tables` are its rows, `params` what its endpoints take, `views` what its
objects look like, `paper` what their documents say, `operations` what happens in the business (the only writer),
`ticks` what time does, `endpoints` its routes. Callers and the clock go through the same operations.

A request: `wire.endpoint` authenticates, decodes, converts the parameters, opens a transaction and makes a `Context`.
The endpoint finds rows with `ctx.find`, which also puts the context on the clock that the row lives on, and calls an
operation. What comes back is rendered, remembered under the idempotency key, and committed with the work.

An advance: the endpoint only notes the target. The worker's engine takes a batch of customers with something due, moves
each in its own order of time by the tickers of the registry, and commits; when nobody is left, the clock arrives. A
killed process loses one batch at the most, and doing it again does nothing twice, because what is done is no longer due.

Money: integers in minor units, one rounding (`domain.money.round_half_away`), applied once, at the line. Whatever moves it is
a `domain.ledger.Posting`, which balances or cannot be made, written by `resources.balance.operations.post` and nothing else.

Why things are as they are stands in DECISIONS.md beside this file.
"""

__version__ = "0.1.0"
