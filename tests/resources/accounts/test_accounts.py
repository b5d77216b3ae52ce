from tests.support.api import Api
from tests.support.reference import conforms


def test_the_account_behind_a_key_is_always_the_same(api: Api) -> None:
    account = api.get("/v1/account")
    conforms(account)
    assert api.get("/v1/account") == account
    assert api.get(f"/v1/accounts/{account['id']}") == account
    assert account["id"].startswith("acct_1") and account["settings"]["dashboard"]["display_name"] == "Billyard sandbox"


def test_a_platform_does_not_see_of_itself_what_it_sees_of_connected_accounts(api: Api) -> None:
    assert set(api.get("/v1/account")) == {
        "id", "object", "business_profile", "capabilities", "charges_enabled", "controller", "country", "default_currency",
        "details_submitted", "email", "external_accounts", "payouts_enabled", "settings", "type"}


def test_two_keys_open_two_accounts(api: Api) -> None:
    other = Api(api.server)
    assert other.get("/v1/account")["id"] != api.get("/v1/account")["id"]
    customer = api.post("/v1/customers", name="Jenny")
    answer = other.refused("GET", f"/v1/customers/{customer['id']}")
    assert (answer.status, answer.error["code"], answer.error["param"]) == (404, "resource_missing", "id")
    assert answer.error["message"] == f"No such customer: '{customer['id']}'"


def test_a_foreign_account_is_not_shown(api: Api) -> None:
    answer = api.refused("GET", "/v1/accounts/acct_1foreign")
    assert (answer.status, answer.error["code"]) == (403, "account_invalid")


def test_the_own_account_may_be_named_in_the_header(api: Api) -> None:
    account = api.get("/v1/account")
    answer = api.call("GET", "/v1/account", headers={"Stripe-Account": account["id"]})
    assert (answer.status, answer.body["id"], answer.headers["Stripe-Account"]) == (200, account["id"], account["id"])
    foreign = api.call("GET", "/v1/account", headers={"Stripe-Account": "acct_1foreign"})
    assert (foreign.status, foreign.error["code"]) == (403, "account_invalid")
