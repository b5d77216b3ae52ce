import pytest

from app.control.doctor import examine
from tests.support.api import Answer, Api
from tests.support.connected import acting_for, connected


def denied(answer: Answer, account: str) -> None:
    """What is answered where an account is out of reach; the key of tests is shown by its ends."""
    assert (answer.status, answer.error["type"], answer.error["code"]) == (403, "invalid_request_error", "account_invalid")
    key, _, rest = answer.error["message"].partition("' does not have access to account '")
    assert key.startswith("The provided key 'sk_test_tes") and key.endswith("**cdef")
    assert rest == f"{account}' (or that account does not exist). Application access may have been revoked."


def test_an_account_is_found_by_its_platform_and_by_itself(api: Api) -> None:
    account = connected(api)
    shown = api.get(f"/v1/accounts/{account.account}")
    assert shown["controller"] == {"is_controller": True, "type": "application"}
    assert account.get("/v1/account") == account.get(f"/v1/accounts/{account.account}") == shown
    assert api.get("/v1/accounts")["data"] == [shown]
    assert account.get("/v1/accounts")["data"] == []
    assert api.get("/v1/account")["controller"] == {"type": "account"}
    assert examine(api.server.database, account=api.key) == []


@pytest.mark.parametrize("path", ["", "/capabilities", "/capabilities/transfers"])
def test_an_account_is_out_of_reach_for_everybody_else(api: Api, path: str) -> None:
    account, sibling, stranger = connected(api), connected(api), Api(api.server)
    for other in (sibling, stranger):
        for method in ("GET", "POST") if path != "/capabilities" else ("GET",):
            denied(other.refused(method, f"/v1/accounts/{account.account}{path}"), account.account)
    denied(api.refused("GET", f"/v1/accounts/acct_1nobody{path}"), "acct_1nobody")


def test_a_header_opens_accounts_of_the_same_platform_alone(api: Api) -> None:
    account, stranger = connected(api), Api(api.server)
    denied(acting_for(stranger, account.account).call("GET", "/v1/customers"), account.account)
    denied(acting_for(api, "acct_1nobody").call("POST", "/v1/customers"), "acct_1nobody")


def test_what_an_account_has_is_not_its_platforms(api: Api) -> None:
    account, sibling = connected(api), connected(api)
    customer = account.post("/v1/customers", name="Jenny")
    assert account.get(f"/v1/customers/{customer['id']}")["name"] == "Jenny"
    for other in (api, sibling, Api(api.server)):
        answer = other.refused("GET", f"/v1/customers/{customer['id']}")
        assert (answer.status, answer.error["code"]) == (404, "resource_missing")
        assert other.get("/v1/customers")["data"] == []


def test_events_of_an_account_name_it_and_are_listed_for_it_alone(api: Api) -> None:
    account = connected(api)
    account.post("/v1/customers", name="Jenny")
    [added, *_verified, made] = account.events()
    assert [added["type"], made["type"]] == ["account.external_account.created", "customer.created"]
    assert made["account"] == added["account"] == account.account
    assert api.events() == []


def test_an_account_connects_no_others(api: Api) -> None:
    answer = connected(api).refused("POST", "/v1/accounts", type="standard")
    assert (answer.status, answer.error["code"]) == (400, "platform_account_required")
    assert answer.error["message"].startswith("Only Stripe Connect platforms can work with other accounts.")
