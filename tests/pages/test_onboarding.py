"""An account link leads to a form that asks for what is due, step by step, and a login link to the account's page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import pytest

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import at
from tests.support.money import fund
from tests.support.pages import Visitor, fill, send, to_the_end
from tests.support.wall import Wall

NOW = at("2022-08-04 10:00")
URLS = {"refresh_url": "https://example.com/reauth?again=1", "return_url": "https://example.com/return"}
CAPABILITIES = {"card_payments": {"requested": True}, "transfers": {"requested": True}}


@pytest.fixture(autouse=True)
def thursday(wall: Wall) -> Wall:
    wall.now = NOW
    return wall


@pytest.fixture
def visitor(server: Server) -> Visitor:
    return Visitor(server)


def account(api: Api, type: str = "custom", **params: Any) -> str:
    return str(api.post("/v1/accounts", **{"type": type, "country": "US", "capabilities": CAPABILITIES, **params})["id"])


def link(api: Api, id: str, **params: Any) -> str:
    return str(api.post("/v1/account_links", **{"account": id, "type": "account_onboarding", **URLS, **params})["url"])


def test_an_individual_is_onboarded_step_by_step(api: Api, visitor: Visitor) -> None:
    id = account(api)
    url, page = visitor.arrive(link(api, id))
    assert (page.status, page.title) == (200, "Who sells – Billyard sandbox")
    assert to_the_end(visitor, url, page) == ["Who sells", "What is sold", "About you", "Where payouts go", "Terms of service"]
    done = send(visitor, url, "submit", step="")
    assert (done.status, done.headers["Location"]) == (303, "https://example.com/return")
    found = api.get(f"/v1/accounts/{id}")
    assert (found["charges_enabled"], found["payouts_enabled"], found["details_submitted"]) == (True, True, True)
    assert found["requirements"]["currently_due"] == []
    assert found["individual"]["first_name"] == "Jenny" and found["individual"]["verification"]["status"] == "verified"
    assert found["external_accounts"]["data"][0]["last4"] == "6789"
    assert found["tos_acceptance"] == {"date": NOW, "ip": "127.0.0.1", "user_agent": None}
    assert "account.updated" in Api(api.server, api.key, account=id).event_types()
    assert examine(api.server.database, account=api.key) == []


def test_a_company_names_its_people(api: Api, visitor: Visitor) -> None:
    id = account(api, business_type="company")
    url, page = visitor.arrive(link(api, id))
    titles = to_the_end(visitor, url, page)
    assert titles[:3] == ["What is sold", "The company", "Who represents the company"]
    assert "Somebody who owns the company" in titles and titles[-2:] == ["Where payouts go", "Terms of service"]
    send(visitor, url, "submit", step="")
    found = api.get(f"/v1/accounts/{id}")
    assert (found["charges_enabled"], found["payouts_enabled"]) == (True, True), found["requirements"]
    persons = api.get(f"/v1/accounts/{id}/persons")["data"]
    assert sorted((person["relationship"]["representative"], person["relationship"]["owner"]) for person in persons) == [
        (False, True), (True, False)]
    assert examine(api.server.database, account=api.key) == []


# Each of the countries whose questions are unlike those of the United States and of most of Europe.
@pytest.mark.parametrize("kind", ["individual", "company"])
@pytest.mark.parametrize("country", ["AE", "AU", "BR", "DE", "IN", "JP", "MY", "NZ", "SG"])
def test_test_values_are_enough_in_every_country(api: Api, visitor: Visitor, country: str, kind: str) -> None:
    id = account(api, country=country, business_type=kind)
    url, page = visitor.arrive(link(api, id, collect="eventually_due"))
    to_the_end(visitor, url, page)
    assert send(visitor, url, "submit", step="").status == 303
    found = api.get(f"/v1/accounts/{id}")
    assert (found["details_submitted"], found["charges_enabled"], found["payouts_enabled"]) == (True, True, True)
    assert found["requirements"]["eventually_due"] == []
    assert {person["verification"]["status"] for person in api.get(f"/v1/accounts/{id}/persons")["data"]} == {"verified"}
    assert examine(api.server.database, account=api.key) == []


@pytest.mark.parametrize("type", ["express", "standard"])
def test_details_are_submitted_once_the_form_is_completed(api: Api, visitor: Visitor, type: str) -> None:
    id = account(api, type, business_type="individual")
    url, page = visitor.arrive(link(api, id))
    to_the_end(visitor, url, page)
    assert api.get(f"/v1/accounts/{id}")["details_submitted"] is False
    send(visitor, url, "submit", step="")
    found = api.get(f"/v1/accounts/{id}")
    assert (found["details_submitted"], found["charges_enabled"], found["payouts_enabled"]) == (True, True, True)
    assert "individual" not in found and "company" not in found
    assert examine(api.server.database, account=api.key) == []


def test_a_link_is_gone_after_it_was_followed_and_after_five_minutes(api: Api, visitor: Visitor, wall: Wall) -> None:
    id = account(api)
    first, second = link(api, id), link(api, id)
    assert visitor.open(first, "HEAD").status == 303
    _, page = visitor.arrive(first)
    assert page.status == 200
    again = visitor.open(first)
    assert (again.status, again.headers["Location"]) == (303, URLS["refresh_url"])
    wall.now = NOW + 300
    late = visitor.open(second)
    assert (late.status, late.headers["Location"]) == (303, URLS["refresh_url"])


def test_a_page_that_was_left_sends_back_for_a_new_link(api: Api, visitor: Visitor, wall: Wall) -> None:
    id = account(api)
    url, _ = visitor.arrive(link(api, id))
    left = send(visitor, url, "leave", step="kind")
    assert (left.status, left.headers["Location"]) == (303, URLS["return_url"])
    for page in (visitor.open(url), send(visitor, url, step="kind", business_type="individual")):
        assert (page.status, page.headers["Location"]) == (303, URLS["refresh_url"])
    assert api.get(f"/v1/accounts/{id}")["business_type"] is None


def test_an_account_that_is_rejected_has_no_page(api: Api, visitor: Visitor) -> None:
    id = account(api)
    unopened = link(api, id)
    url, _ = visitor.arrive(link(api, id))
    api.post(f"/v1/accounts/{id}/reject", reason="fraud")
    for address in (unopened, url):
        page = visitor.open(address)
        assert (page.status, page.headers["Location"]) == (303, URLS["refresh_url"])


def test_what_is_missing_and_what_is_refused_is_told_at_its_field(api: Api, visitor: Visitor) -> None:
    id = account(api, business_type="individual")
    url, _ = visitor.arrive(link(api, id))
    before = api.get(f"/v1/accounts/{id}")
    empty = send(visitor, url, step="business")
    assert (empty.status, empty.text.count("This is needed.")) == (400, 2)
    form = send(visitor, url, "fill", step="individual").fields
    young = send(visitor, url, step="individual", **(form | {"individual.dob.year": "2021", "individual.first_name": "Jule"}))
    assert young.status == 400 and "A person must be at least 13 years old." in young.text
    # What was typed is still there, but for what is secret.
    assert (young.fields["individual.first_name"], young.fields["individual.ssn_last_4"]) == ("Jule", "")
    assert api.get(f"/v1/accounts/{id}") == before


def test_what_verification_finds_is_told_and_asked_again(api: Api, visitor: Visitor) -> None:
    id = account(api, business_type="individual")
    url, page = visitor.arrive(link(api, id))
    for step in ("business", "bank", "terms"):
        fill(visitor, url, send(visitor, url, "fill", step=step))
    form = send(visitor, url, "fill", step="individual").fields
    send(visitor, url, step="individual", **(form | {"individual.ssn_last_4": "1111", "individual.dob.year": "1990"}))
    page = visitor.open(url)
    assert "individual.id_number" in page.fields
    send(visitor, url, step="individual", **{"individual.id_number": "111111111"})
    page = visitor.open(url)
    assert "A document that shows who this is" in page.text
    fill(visitor, url, page)
    assert api.get(f"/v1/accounts/{id}")["individual"]["verification"]["status"] == "verified"


def test_an_update_shows_what_is_there(api: Api, visitor: Visitor) -> None:
    id = account(api, business_type="individual", individual={"first_name": "Jane", "ssn_last_4": "0000"},
                 business_profile={"url": "https://jane.example.com", "mcc": "5734"})
    url, page = visitor.arrive(link(api, id, type="account_update"))
    assert page.status == 200
    about = visitor.open(urljoin(url, "?step=individual"))
    assert (about.fields["individual.first_name"], about.fields["individual.ssn_last_4"]) == ("Jane", "")
    assert send(visitor, url, step="individual", **{"individual.first_name": "Janet"}).status == 303
    done = send(visitor, url, "leave", step="individual")
    assert done.headers["Location"] == URLS["return_url"]
    assert api.get(f"/v1/accounts/{id}")["individual"]["first_name"] == "Janet"


def test_an_update_shows_who_belongs_to_a_company(api: Api, visitor: Visitor) -> None:
    id = account(api, business_type="company")
    ann = api.post(f"/v1/accounts/{id}/persons", first_name="Ann", last_name="Owner", id_number="000000000",
                   dob={"day": 1, "month": 2, "year": 1970}, relationship={"representative": True, "owner": True})["id"]
    url, _ = visitor.arrive(link(api, id, type="account_update"))
    about = visitor.open(urljoin(url, f"?step={ann}")).fields
    assert [about[f"{ann}.{name}"] for name in ("first_name", "last_name", "dob.month", "id_number", "email")] == [
        "Ann", "Owner", "2", "", ""]
    assert send(visitor, url, step=ann, **{f"{ann}.first_name": "Anna", f"{ann}.last_name": "Owner"}).status == 303
    found = api.get(f"/v1/accounts/{id}/persons/{ann}")
    assert (found["first_name"], found["id_number_provided"], found["relationship"]["owner"]) == ("Anna", True, True)


def test_more_can_be_collected_than_is_due_now(api: Api, visitor: Visitor) -> None:
    id = account(api, business_type="company")
    api.post(f"/v1/accounts/{id}/persons", first_name="Ann", last_name="Owner", email="ann@example.com",
             relationship={"owner": True, "percent_ownership": 30})
    _, due = visitor.arrive(link(api, id))
    _, everything = visitor.arrive(link(api, id, collect="eventually_due"))
    assert "Ann Owner" not in due.links and "Ann Owner" in everything.links


def test_a_stranger_sees_nothing(api: Api, visitor: Visitor) -> None:
    id, other = account(api), account(api)
    url, _ = visitor.arrive(link(api, id))
    wrong = url[:-1] + ("a" if url[-1] != "a" else "b")
    for address in (wrong, url.replace(id, other), url.replace("/onboarding/", "/express_account/")):
        assert visitor.open(address).status == 404
    page = visitor.open(url)
    assert page.headers["Referrer-Policy"] == "no-referrer" and "no-store" in page.headers["Cache-Control"]
    assert "form-action 'self' https://example.com;" in page.headers["Content-Security-Policy"]


def test_a_login_link_opens_the_page_of_an_express_account_once(api: Api, visitor: Visitor, wall: Wall) -> None:
    id = account(api, "express", business_type="individual", business_profile={"name": "Jenny's Cues"})
    url, page = visitor.arrive(link(api, id))
    to_the_end(visitor, url, page)
    send(visitor, url, "submit", step="")
    login = api.post(f"/v1/accounts/{id}/login_links")["url"]
    inside, page = visitor.arrive(login)
    assert page.title == "Jenny's Cues – Billyard sandbox"
    assert "Available $0.00" in page.text and "Nothing has been paid out yet." in page.text
    assert "•••• 6789 (USD)" in page.text
    assert visitor.open(login).status == 404
    owner = Api(api.server, api.key, account=id)
    fund(api, 5000)
    api.post("/v1/transfers", amount=3000, currency="usd", destination=id)
    owner.post("/v1/payouts", amount=1200, currency="usd")
    page = visitor.open(inside)
    assert "Available $18.00" in page.text
    assert "On its way $12.00" in page.text and "Transfer $30.00" in page.text and "Payout -$12.00" in page.text
    wall.now = NOW + 3600
    assert visitor.open(inside).status == 404
