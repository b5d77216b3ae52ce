"""How accounts are created, changed, rejected and deleted by their platform."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app.control.doctor import examine
from app.events.tables import Event, WebhookDelivery
from app.resources.balance.tables import Funds
from app.resources.payouts.tables import Payout, PayoutSchedule
from tests.support.api import Answer, Api
from tests.support.connected import acting_for, connected
from tests.support.marketplace import charge
from tests.support.money import available, fund
from tests.support.pages import Visitor

REQUESTED = {"card_payments": {"requested": True}, "transfers": {"requested": True}}
NOTHING = {"alternatives": [], "current_deadline": None, "currently_due": [], "disabled_reason": None, "errors": [],
           "eventually_due": [], "past_due": [], "pending_verification": []}  # fmt: skip

PIXEL = (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0"
         b"\3\1\1\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82")


def refusal(answer: Answer) -> tuple[Any, ...]:
    """Status, code, param and message of a refusal."""
    return answer.status, answer.error.get("code"), answer.error.get("param"), answer.error["message"]


def make(api: Api, type: str = "custom", **params: Any) -> dict[str, Any]:
    if type == "custom":
        params = {"capabilities": REQUESTED, **params}
    return api.post("/v1/accounts", type=type, **params)


def update(api: Api, account: dict[str, Any], **params: Any) -> dict[str, Any]:
    return api.post(f"/v1/accounts/{account['id']}", **params)


# Creating


def test_a_new_account_has_the_defaults_of_its_country(api: Api) -> None:
    account = make(api, "custom", country="US", email="jenny@example.com")
    assert account["id"].startswith("acct_1")
    assert (account["type"], account["country"], account["default_currency"]) == ("custom", "US", "usd")
    assert (account["email"], account["metadata"], account["business_type"]) == ("jenny@example.com", {}, None)
    assert account["business_profile"] == dict.fromkeys(
        ("mcc", "name", "product_description", "support_address", "support_email", "support_phone", "support_url", "url"))
    assert account["company"] == {
        "address": dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state")), "directors_provided": False,
        "executives_provided": False, "name": None, "owners_provided": False, "phone": None, "tax_id_provided": False,
        "verification": {"document": {"back": None, "details": None, "details_code": None, "front": None}}}
    assert account["external_accounts"] == {
        "object": "list", "data": [], "has_more": False, "url": f"/v1/accounts/{account['id']}/external_accounts"}
    assert account["future_requirements"] == NOTHING
    assert account["controller"] == {"is_controller": True, "type": "application"}
    assert account["tos_acceptance"] == {"date": None, "ip": None, "user_agent": None}
    assert account["settings"] == {
        "bacs_debit_payments": {},
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_issuing": {"tos_acceptance": {"date": None, "ip": None}},
        "card_payments": {"decline_on": {"avs_failure": False, "cvc_failure": False}, "statement_descriptor_prefix": None,
                          "statement_descriptor_prefix_kana": None, "statement_descriptor_prefix_kanji": None},
        "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
        "payments": {"statement_descriptor": None, "statement_descriptor_kana": None, "statement_descriptor_kanji": None},
        "payouts": {"debit_negative_balances": False, "schedule": {"delay_days": 2, "interval": "daily"},
                    "statement_descriptor": None},
        "sepa_debit_payments": {}}
    assert acting_for(api, account["id"]).events() == api.events() == []
    assert examine(api.server.database, account=api.key) == []


@pytest.mark.parametrize(("country", "currency", "schedule"), [
    ("DE", "eur", {"delay_days": 7, "interval": "daily"}),
    ("GB", "gbp", {"delay_days": 7, "interval": "daily"}),
    ("JP", "jpy", {"delay_days": 7, "interval": "weekly", "weekly_anchor": "friday"}),
    ("AR", "ars", {"delay_days": 7, "interval": "daily"}),
])
def test_currency_and_payouts_begin_as_is_usual_in_the_country(api: Api, country: str, currency: str,
                                                               schedule: dict[str, Any]) -> None:
    account = make(api, country=country, capabilities={"transfers": {"requested": True}})
    assert (account["default_currency"], account["settings"]["payouts"]["schedule"]) == (currency, schedule)


def test_the_country_is_the_platforms_unless_another_is_named(api: Api) -> None:
    assert make(api, "standard")["country"] == "US"
    assert make(api, "standard", country="de")["country"] == "DE"


def test_capabilities_can_be_asked_for_in_the_older_way(api: Api) -> None:
    account = api.post("/v1/accounts", type="custom", requested_capabilities=["card_payments", "transfers"])
    assert list(account["capabilities"]) == ["card_payments", "transfers"]


@pytest.mark.parametrize(("params", "expected"), [
    ({}, (400, "parameter_missing", "type", "Missing required param: type.")),
    ({"type": "premium"}, (400, None, "type", "Invalid type: must be one of standard, express, or custom")),
    ({"type": "custom"}, (400, None, "capabilities", "You must request at least one capability when creating a custom account. "
                          "Pass capabilities[card_payments][requested]=true, for example.")),
    ({"type": "standard", "country": "United States"}, (400, None, "country", (
        "Country 'United States' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', 'EG', or "
        "'GB'. A full list of country codes is available at "
        "https://en.wikipedia.org/wiki/ISO_3166-1_alpha-2#Officially_assigned_code_elements"))),
    ({"type": "standard", "country": "XX"}, (400, "country_unsupported", "country", "'XX' is not supported")),
    ({"type": "standard", "default_currency": "jpy"}, (
        400, None, "default_currency", "The currency jpy cannot be paid out to bank accounts in US.")),
    ({"type": "custom", "capabilities": {"card_payments": {"requested": True}}}, (400, None, "capabilities", (
        "Accounts that have requested the `card_payments` capability need the `transfers` capability as well."))),
    ({"type": "custom", "capabilities": {"oxxo_payments": {"requested": True}}}, (
        400, None, "capabilities[oxxo_payments][requested]",
        "The `oxxo_payments` capability is not available in country US")),
    ({"type": "custom", "capabilities": {"flying": {"requested": True}}}, (
        400, "parameter_unknown", "capabilities[flying]", "Received unknown parameter: capabilities[flying]")),
    ({"type": "custom", "requested_capabilities": ["card_payments", "transfers"],
      "tos_acceptance": {"service_agreement": "recipient"}}, (400, None, "capabilities", (
          "Accounts under the recipient service agreement cannot request the `card_payments` capability."))),
    ({"type": "standard", "company": {"ownership_declaration": {"ip": "8.8.8.8"}}}, (
        400, "ownership_declaration_not_allowed", "company[ownership_declaration]",
        "An ownership declaration can only be made for an account that is there, or by a token.")),
    ({"type": "standard", "company": {"tax_id": "12345"}}, (
        400, "tax_id_invalid", "company[tax_id]", "Invalid tax id: a tax id in the United States has nine digits.")),
    ({"type": "standard", "company": {"phone": "call me"}}, (
        400, None, "company[phone]", '"call me" is not a valid phone number')),
    ({"type": "standard", "business_profile": {"mcc": "12a4"}}, (
        400, None, "business_profile[mcc]", "Invalid mcc: 12a4; must be four digits")),
    ({"type": "standard", "business_profile": {"mcc": "12345"}}, (
        400, None, "business_profile[mcc]", "Invalid string: 12345; must be at most 4 characters")),
    ({"type": "standard", "company": {"address": {"country": "Germany"}}}, (400, None, "company[address][country]", (
        "Country 'Germany' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', 'EG', or 'GB'. "
        "A full list of country codes is available at "
        "https://en.wikipedia.org/wiki/ISO_3166-1_alpha-2#Officially_assigned_code_elements"))),
])  # fmt: skip
def test_what_cannot_be_is_refused(api: Api, params: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert refusal(api.refused("POST", "/v1/accounts", **params)) == expected
    assert api.get("/v1/accounts")["data"] == []


# What is said about the business


def test_a_profile_is_told_bit_by_bit(api: Api) -> None:
    account = make(api, business_profile={"name": "Rocket Rides", "url": "https://www.rocket.example.com/rides"})
    account = update(api, account, business_profile={"mcc": "4789", "support_phone": "(415) 555-2671",
                                                     "support_address": {"line1": "Main Street 1", "country": "US"}})
    assert account["business_profile"] == {
        "mcc": "4789", "name": "Rocket Rides", "product_description": None, "support_address": {
            "city": None, "country": "US", "line1": "Main Street 1", "line2": None, "postal_code": None, "state": None},
        "support_email": None, "support_phone": "+14155552671", "support_url": None,
        "url": "https://www.rocket.example.com/rides"}
    account = update(api, account, business_profile={"support_url": "", "support_address": {"city": "Oakland"}})
    assert account["business_profile"]["support_address"]["line1"] == "Main Street 1"
    assert account["business_profile"]["support_address"]["city"] == "Oakland"


def test_a_company_is_told_without_its_numbers(api: Api) -> None:
    account = make(api, business_type="company", company={
        "name": "Rocket Rides", "phone": "0000000000", "tax_id": "00-0000000", "vat_id": "DE123456789",
        "registration_number": "HRB 1", "structure": "private_corporation", "owners_provided": True,
        "address": {"line1": "address_full_match", "state": "California"}})
    company = account["company"]
    assert (company["name"], company["phone"], company["structure"]) == ("Rocket Rides", "+10000000000", "private_corporation")
    assert (company["tax_id_provided"], company["vat_id_provided"], company["owners_provided"]) == (True, True, True)
    assert company["address"] == {"city": None, "country": None, "line1": "address_full_match", "line2": None,
                                  "postal_code": None, "state": "California"}
    assert not {"tax_id", "vat_id", "registration_number"} & company.keys()
    with api.server.database.reading() as session:
        kept = str(session.connection.exec_driver_sql(
            "SELECT company, unshown FROM accounts WHERE platform_id IS NOT NULL ORDER BY seq DESC LIMIT 1").all())
    assert not [number for number in ("0000000", "DE123456789", "HRB 1") if number in kept.replace("+10000000000", "")]
    declared = update(api, account, company={"ownership_declaration": {"date": 1659518932, "ip": "8.8.8.8"}, "structure": ""})
    assert declared["company"]["ownership_declaration"] == {"date": 1659518932, "ip": "8.8.8.8"}
    assert "structure" not in declared["company"]


def test_terms_are_accepted_for_a_custom_account(api: Api) -> None:
    account = update(api, make(api), tos_acceptance={"date": 1609798905, "ip": "8.8.8.8", "user_agent": "Mozilla"})
    assert account["tos_acceptance"] == {"date": 1609798905, "ip": "8.8.8.8", "user_agent": "Mozilla"}
    account = update(api, make(api, capabilities={"transfers": {"requested": True}}),
                     tos_acceptance={"service_agreement": "recipient"})
    assert account["tos_acceptance"] == {"date": None, "ip": None, "service_agreement": "recipient", "user_agent": None}


def test_metadata_is_merged_and_cleared(api: Api) -> None:
    account = make(api, metadata={"order_id": "6735", "kept": "yes"})
    assert update(api, account, metadata={"order_id": ""})["metadata"] == {"kept": "yes"}
    assert update(api, account, metadata="")["metadata"] == {}


# Settings


def test_names_and_descriptors_follow_from_the_site(api: Api) -> None:
    account = make(api, business_profile={"url": "https://www.example.com/shop"})
    settings = account["settings"]
    assert settings["payments"]["statement_descriptor"] == "EXAMPLE.COM"
    assert settings["card_payments"]["statement_descriptor_prefix"] == "EXAMPLE.CO"
    assert settings["dashboard"]["display_name"] == "example"
    settings = update(api, account, business_profile={"name": "Rocket Rides"},
                      settings={"payments": {"statement_descriptor": "rocket rides"}})["settings"]
    assert settings["payments"]["statement_descriptor"] == "rocket rides"
    assert settings["card_payments"]["statement_descriptor_prefix"] == "ROCKET RID"
    assert settings["dashboard"]["display_name"] == "Rocket Rides"
    settings = update(api, account, settings={"card_payments": {"statement_descriptor_prefix": "RIDES"}})["settings"]
    assert settings["card_payments"]["statement_descriptor_prefix"] == "RIDES"


def test_government_entities_are_in_the_united_states(api: Api) -> None:
    assert make(api, country="US", business_type="government_entity")["business_type"] == "government_entity"
    account = make(api, country="GB", business_type="non_profit")
    refused = (400, None, "business_type", "Accounts in GB cannot be those of a government entity.")
    assert refusal(api.refused("POST", "/v1/accounts", type="custom", country="GB", capabilities=REQUESTED,
                               business_type="government_entity")) == refused
    assert refusal(api.refused("POST", f"/v1/accounts/{account['id']}", business_type="government_entity")) == refused
    assert api.get("/v1/accounts")["data"][0] == account


def test_files_of_an_account_expand_whoever_has_uploaded_them(api: Api) -> None:
    account = make(api, business_type="individual")
    logo = api.upload(PIXEL, "logo.png", purpose="business_logo")
    icon = acting_for(api, account["id"]).upload(PIXEL, "icon.png", purpose="business_icon")
    passed = {"document": {"front": "file_identity_document_success"}}
    update(api, account, settings={"branding": {"icon": icon["id"], "logo": logo["id"]}}, company={"verification": passed},
           individual={"verification": passed})
    paths = ["settings.branding.icon", "settings.branding.logo", "company.verification.document.front",
             "company.verification.document.back", "individual.verification.document.front"]
    # Four levels are the most that can be expanded, and a list is one of them.
    listed = api.get("/v1/accounts", expand=[f"data.{path}" for path in paths[:2]])["data"]
    shown = api.get(f"/v1/accounts/{account['id']}", expand=paths)
    assert [each["settings"]["branding"] for each in (shown, *listed)] == [
        {"icon": icon, "logo": logo, "primary_color": None, "secondary_color": None}] * 2
    fronts = [shown[head]["verification"]["document"]["front"] for head in ("company", "individual")]
    assert [(front["object"], front["purpose"]) for front in fronts] == [("file", "identity_document")] * 2
    assert shown["company"]["verification"]["document"]["back"] is None
    plain = api.get(f"/v1/accounts/{account['id']}")
    assert plain["settings"]["branding"]["logo"] == logo["id"]
    assert [plain[head]["verification"]["document"]["front"] for head in ("company", "individual")] == [
        front["id"] for front in fronts]


def test_every_group_of_settings_is_kept(api: Api) -> None:
    icon = api.upload(PIXEL, "icon.png", purpose="business_icon")["id"]
    account = make(api, settings={
        "branding": {"icon": icon, "primary_color": "#635bff", "secondary_color": "#fff"},
        "card_issuing": {"tos_acceptance": {"date": 1659518932, "ip": "8.8.8.8"}},
        "card_payments": {"decline_on": {"avs_failure": True}, "statement_descriptor_prefix_kana": "カナ"},
        "payments": {"statement_descriptor_kanji": "漢字"},
        "payouts": {"debit_negative_balances": True, "statement_descriptor": "ROCKET PAY",
                    "schedule": {"interval": "monthly", "monthly_anchor": 31, "delay_days": 10}}})
    settings = account["settings"]
    assert settings["branding"] == {"icon": icon, "logo": None, "primary_color": "#635bff", "secondary_color": "#fff"}
    assert settings["card_issuing"] == {"tos_acceptance": {"date": 1659518932, "ip": "8.8.8.8"}}
    assert settings["card_payments"] == {
        "decline_on": {"avs_failure": True, "cvc_failure": False}, "statement_descriptor_prefix": None,
        "statement_descriptor_prefix_kana": "カナ", "statement_descriptor_prefix_kanji": None}
    assert settings["payments"]["statement_descriptor_kanji"] == "漢字"
    assert settings["payouts"] == {"debit_negative_balances": True, "statement_descriptor": "ROCKET PAY", "schedule": {
        "delay_days": 10, "interval": "monthly", "monthly_anchor": 31}}
    settings = update(api, account, settings={
        "card_payments": {"statement_descriptor_prefix_kana": ""},
        "payouts": {"schedule": {"interval": "weekly", "weekly_anchor": "tuesday", "delay_days": "minimum"}}})["settings"]
    assert settings["card_payments"]["statement_descriptor_prefix_kana"] is None
    assert settings["payouts"]["schedule"] == {"delay_days": 2, "interval": "weekly", "weekly_anchor": "tuesday"}
    assert examine(api.server.database, account=api.key) == []


def test_treasury_has_settings_where_it_is_requested(api: Api) -> None:
    account = make(api, capabilities={**REQUESTED, "treasury": {"requested": True}},
                   settings={"treasury": {"tos_acceptance": {"date": 1659518932, "ip": "8.8.8.8"}}})
    assert account["settings"]["treasury"] == {"tos_acceptance": {"date": 1659518932, "ip": "8.8.8.8"}}


@pytest.mark.parametrize(("country", "settings", "param", "message"), [
    ("US", {"payouts": {"schedule": {"delay_days": 1}}}, "settings[payouts][schedule][delay_days]",
     "Payouts of this account can be delayed by 2 to 31 days."),
    ("DE", {"payouts": {"schedule": {"delay_days": 6}}}, "settings[payouts][schedule][delay_days]",
     "Payouts of this account can be delayed by 7 to 31 days."),
    ("US", {"payouts": {"schedule": {"weekly_anchor": "monday"}}}, "settings[payouts][schedule][weekly_anchor]",
     "A `weekly_anchor` is for payouts with the interval `weekly` alone."),
    ("US", {"payouts": {"schedule": {"interval": "monthly"}}}, "settings[payouts][schedule][monthly_anchor]",
     "Payouts with the interval `monthly` need a `monthly_anchor`."),
    ("US", {"payouts": {"schedule": {"interval": "monthly", "monthly_anchor": 32}}},
     "settings[payouts][schedule][monthly_anchor]", "This value must be less than or equal to 31."),
    ("BR", {"payouts": {"schedule": {"interval": "manual"}}}, "settings[payouts][schedule][interval]",
     "Accounts in BR are paid out daily."),
    ("US", {"payments": {"statement_descriptor": "abcd"}}, "settings[payments][statement_descriptor]",
     "The statement_descriptor must have at least 5 characters, and one letter among them."),
    ("US", {"payouts": {"statement_descriptor": "12345"}}, "settings[payouts][statement_descriptor]",
     "The statement_descriptor must have at least 5 characters, and one letter among them."),
    ("US", {"card_payments": {"statement_descriptor_prefix": "A*B"}}, "settings[card_payments][statement_descriptor_prefix]",
     "The statement_descriptor_prefix must not contain any of the characters < > \\ ' \" *."),
    ("US", {"branding": {"logo": "file_gone"}}, "settings[branding][logo]", "No such file: 'file_gone'"),
    ("US", {"branding": {"primary_color": "blue"}}, "settings[branding][primary_color]",
     "Invalid color: blue; must be a CSS hex color such as #635bff"),
])  # fmt: skip
def test_settings_that_cannot_be_are_refused(api: Api, country: str, settings: dict[str, Any], param: str,
                                             message: str) -> None:
    account = make(api, country=country)
    answer = api.refused("POST", f"/v1/accounts/{account['id']}", settings=settings)
    assert (answer.status, answer.error["param"], answer.error["message"]) == (400, param, message)
    assert api.get(f"/v1/accounts/{account['id']}") == account


# What is whose to change

KYC: dict[str, Any] = {
    "business_type": "company", "company": {"name": "Rocket Rides"}, "email": "jenny@example.com",
    "tos_acceptance": {"ip": "8.8.8.8"}, "external_account": "btok_us_verified", "default_currency": "usd",
    "documents": {"company_license": {"files": ["file_identity_document_success"]}}}  # fmt: skip


@pytest.mark.parametrize("type", ["custom", "express", "standard"])
def test_everything_can_be_filled_in_ahead(api: Api, type: str) -> None:
    account = update(api, make(api, type), **KYC)
    assert (account["business_type"], account["company"]["name"]) == ("company", "Rocket Rides")


@pytest.mark.parametrize(("type", "params", "refused"), [
    ("standard", {"business_profile": {"name": "Rocket Rides"}}, "parameter 'business_profile'"),
    ("standard", {"capabilities": REQUESTED}, "parameter 'capabilities'"),
    ("standard", {"settings": {"branding": {"primary_color": "#fff"}}, "capabilities": REQUESTED},
     "parameters 'capabilities','settings'"),
])
def test_a_standard_account_is_its_owners_to_change(api: Api, type: str, params: dict[str, Any], refused: str) -> None:
    account = make(api, type)
    answer = api.refused("POST", f"/v1/accounts/{account['id']}", **params)
    assert refusal(answer) == (403, "oauth_not_supported", None, (
        f"This application does not have the required permissions for the {refused} on account '{account['id']}'."))
    assert update(api, account, metadata={"order": "1"})["metadata"] == {"order": "1"}


def test_an_express_account_is_partly_its_platforms_to_change(api: Api) -> None:
    account = update(api, make(api, "express"), capabilities=REQUESTED, business_profile={"name": "Rocket Rides"},
                     settings={"branding": {"primary_color": "#fff"}, "payouts": {"schedule": {"interval": "manual"}}})
    assert account["business_profile"]["name"] == "Rocket Rides"
    assert list(account["capabilities"]) == ["card_payments", "transfers"]
    assert account["settings"]["payouts"]["schedule"]["interval"] == "manual"


@pytest.mark.parametrize("name", ["country", "type"])
def test_what_an_account_is_does_not_change(api: Api, name: str) -> None:
    answer = api.refused("POST", f"/v1/accounts/{make(api)['id']}", **{name: "US"})
    assert refusal(answer) == (400, "parameter_unknown", name, f"Received unknown parameter: {name}")


def test_a_platform_does_not_change_itself(api: Api) -> None:
    own = api.get("/v1/account")["id"]
    message = f"This application does not have the required permissions for this endpoint on account '{own}'."
    for method in ("POST", "DELETE"):
        assert refusal(api.refused(method, "/v1/account")) == (403, "oauth_not_supported", None, message)
        assert api.refused(method, f"/v1/accounts/{own}").error["message"] == (
            "You must have a client application set in order to make this request.")


def test_an_account_may_be_changed_in_its_own_name(api: Api) -> None:
    account = connected(api)
    changed = account.post("/v1/account", metadata={"order": "1"})
    assert changed["metadata"] == {"order": "1"} and changed["id"] == account.account
    *_, event = account.events()
    assert event["type"] == "account.updated"
    assert (event["account"], event["data"]["object"]) == (account.account, changed)
    assert event["data"]["previous_attributes"] == {"metadata": {"order": None}}


# Listing


def test_accounts_are_listed_newest_first(api: Api) -> None:
    made = [make(api)["id"] for _ in range(3)][::-1]
    page = api.get("/v1/accounts", limit=2)
    assert ([account["id"] for account in page["data"]], page["has_more"]) == (made[:2], True)
    rest = api.get("/v1/accounts", starting_after=made[1])
    assert ([account["id"] for account in rest["data"]], rest["has_more"]) == (made[2:], False)
    before = api.get("/v1/accounts", ending_before=made[2])
    assert [account["id"] for account in before["data"]] == made[:2]
    created = page["data"][0]["created"]
    assert api.get("/v1/accounts", created={"gt": created})["data"] == []
    assert len(api.get("/v1/accounts", created={"gte": created - 60})["data"]) == 3
    stranger = Api(api.server)
    assert stranger.get("/v1/accounts")["data"] == []
    assert refusal(stranger.refused("GET", "/v1/accounts", starting_after=made[0])) == (
        400, "resource_missing", "starting_after", f"No such account: '{made[0]}'")


# Rejecting


def test_a_rejected_account_may_do_nothing(api: Api) -> None:
    account = connected(api)
    rejected = api.post(f"/v1/accounts/{account.account}/reject", reason="terms_of_service")
    assert (rejected["charges_enabled"], rejected["payouts_enabled"]) == (False, False)
    assert rejected["requirements"]["disabled_reason"] == "rejected.terms_of_service"
    assert rejected["capabilities"] == {"card_payments": "inactive", "transfers": "inactive"}
    events = account.events()[-3:]
    assert [event["type"] for event in events] == ["account.updated", "capability.updated", "capability.updated"]
    assert {event["account"] for event in events} == {account.account}
    told = events[0]["data"]["previous_attributes"]
    assert (told["charges_enabled"], told["payouts_enabled"]) == (True, True)
    assert told["capabilities"] == {"card_payments": "active", "transfers": "active"}
    assert [event["data"]["previous_attributes"]["status"] for event in events[1:]] == ["active", "active"]
    still = update(api, rejected, business_profile={"name": "Rocket Rides"})
    assert (still["charges_enabled"], still["business_profile"]["name"]) == (False, "Rocket Rides")
    assert examine(api.server.database, account=api.key) == []


def test_a_rejection_has_one_of_three_reasons(api: Api) -> None:
    path = f"/v1/accounts/{make(api)['id']}/reject"
    assert refusal(api.refused("POST", path)) == (400, "parameter_missing", "reason", "Missing required param: reason.")
    assert refusal(api.refused("POST", path, reason="boredom")) == (
        400, None, "reason", "Invalid reason: must be one of fraud, terms_of_service, or other")
    standard = f"/v1/accounts/{make(api, 'standard')['id']}/reject"
    assert refusal(api.refused("POST", standard, reason="fraud")) == (400, None, None, "You cannot reject a Standard account.")


# Deleting


@pytest.mark.parametrize("type", ["custom", "express", "standard"])
def test_a_deleted_account_is_out_of_reach(api: Api, type: str) -> None:
    account = make(api, type)["id"]
    other, seller = make(api, type)["id"], acting_for(api, account)
    customer = seller.post("/v1/customers", name="Jenny")["id"]
    assert api.delete(f"/v1/accounts/{account}") == {"id": account, "object": "account", "deleted": True}
    for client, method, path in ((api, "GET", f"/v1/accounts/{account}"), (api, "POST", f"/v1/accounts/{account}"),
                                 (api, "DELETE", f"/v1/accounts/{account}"), (api, "POST", f"/v1/accounts/{account}/reject"),
                                 (api, "GET", f"/v1/accounts/{account}/capabilities"), (seller, "GET", "/v1/account"),
                                 (seller, "GET", f"/v1/customers/{customer}"), (seller, "POST", "/v1/customers"),
                                 (seller, "DELETE", "/v1/account"), (seller, "GET", "/v1/events")):
        answer = client.call(method, path, {"reason": "other"} if path.endswith("reject") else {})
        assert (answer.status, answer.error["code"]) == (403, "account_invalid"), path
    assert [each["id"] for each in api.get("/v1/accounts")["data"]] == [other]
    assert api.get(f"/v1/accounts/{other}")["id"] == other
    assert examine(api.server.database, account=api.key) == []


def test_the_platform_hears_of_a_parting_and_of_nothing_after_it(api: Api) -> None:
    endpoint = api.post("/v1/webhook_endpoints", url="http://127.0.0.1:9/hook", connect=True, enabled_events=["*"])["id"]
    account = connected(api)
    fund(account, 900)
    account.post("/v1/customers", name="Jenny")
    account.post("/v1/payouts", amount=900, currency="usd")
    api.delete(f"/v1/accounts/{account.account}")
    heard = select(Event.type, Event.account_id, Event.data).join(
        WebhookDelivery, (WebhookDelivery.event_id == Event.id) & (WebhookDelivery.event_account_id == Event.account_id)).where(
        WebhookDelivery.endpoint_id == endpoint).order_by(WebhookDelivery.seq)
    with api.server.database.reading() as session:
        last = session.values(heard)[-1]
        due = [session.scalar(select(func.count()).where(table.account_id == account.account, table.due_at.is_not(None)))
               for table in (Payout, PayoutSchedule, Funds)]
    assert last[:2] == ("account.application.deauthorized", account.account)
    assert f"ca_{api.get('/v1/account')['id'][5:]}" in str(last[2])
    assert due == [0, 0, 0]
    assert examine(api.server.database, account=api.key) == []


def test_what_an_account_had_stays_in_the_books(api: Api) -> None:
    account = connected(api)
    fund(account, 900)
    fund(api, 500)
    account.delete("/v1/account")
    assert available(api) == 500
    assert examine(api.server.database, account=api.key) == []


def test_pages_of_a_deleted_account_are_gone(api: Api) -> None:
    account, visitor = connected(api), Visitor(api.server)
    customer = account.post("/v1/customers", payment_method="pm_card_visa")["id"]
    account.post("/v1/invoiceitems", customer=customer, amount=500, currency="usd")
    invoice = account.post("/v1/invoices", customer=customer, pending_invoice_items_behavior="include")["id"]
    shown = account.post(f"/v1/invoices/{invoice}/finalize")["hosted_invoice_url"]
    receipt = charge(account, 1000)["receipt_url"]
    assert [visitor.open(url).status for url in (shown, receipt)] == [200, 200]
    api.delete(f"/v1/accounts/{account.account}")
    assert [visitor.open(url).status for url in (shown, receipt)] == [404, 404]


# After onboarding has begun


def test_who_is_behind_an_account_is_for_its_holder_once_they_are_asked(api: Api) -> None:
    link = {"type": "account_onboarding", "refresh_url": "https://example.com/again", "return_url": "https://example.com/back"}
    for type in ("custom", "express", "standard"):
        account = make(api, type, business_type="company", company={"name": "Rocket Rides"})["id"]
        api.post("/v1/account_links", account=account, **link)
        shown = api.get(f"/v1/accounts/{account}")
        assert {"business_type", "company"} <= shown.keys() or type != "custom"
        if type == "custom":
            continue
        assert not {"business_type", "company", "individual"} & shown.keys()
        assert "requirements" in shown and "tos_acceptance" in shown
        for params in (KYC, {"business_type": "company", "individual": {"first_name": "Jenny"}}):
            names = ",".join(f"'{name}'" for name in sorted(params))
            answer = api.refused("POST", f"/v1/accounts/{account}", **params)
            assert refusal(answer) == (403, "oauth_not_supported", None, (
                "This application does not have the required permissions for the parameters "
                f"{names} on account '{account}'."))
        assert api.post(f"/v1/accounts/{account}", metadata={"order": "1"})["metadata"] == {"order": "1"}
