"""What is tried inside a transaction leaves nothing there."""

from __future__ import annotations

import pytest

from app.db.session import entity
from app.resources.customers.tables import Customer
from app.wire.endpoint import Server
from tests.support.api import Api


def test_a_trial_sees_what_was_written_and_is_undone(server: Server, api: Api) -> None:
    id = api.post("/v1/customers", name="Jenny")["id"]
    with server.database.writing() as session:
        (customer,) = session.rows(Customer, entity(Customer).where(Customer.id == id))
        customer.name = "Jennifer"
        with session.trying() as trial:
            tried = trial.get(Customer, customer.account_id, id)
            assert tried is not None and tried is not customer
            assert (tried.name, trial.kept) == ("Jennifer", False)
            tried.name = "Jane"
            trial.flush()
        # A second one begins where the first began, also where that one broke off in the middle.
        with pytest.raises(ZeroDivisionError), session.trying() as trial:
            trial.delete(trial.get(Customer, customer.account_id, id) or customer)
            trial.flush()
            raise ZeroDivisionError
        with session.trying() as trial:
            again = trial.get(Customer, customer.account_id, id)
            assert again is not None and again.name == "Jennifer"
        customer.phone = "555"
    shown = api.get(f"/v1/customers/{id}")
    assert (shown["name"], shown["phone"]) == ("Jennifer", "555")
