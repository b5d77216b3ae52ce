"""Measures a server of its own on this machine: `make bench`, or `python -m tests.bench --help`.

The server runs in processes of its own, on a fresh database with durable commits; this process is its client. Nothing
is asserted about time: what is printed depends on the machine and on what else that does.
"""
