"""What each of the seven objects is found by, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.api import Api
from tests.support.wall import NEW_YEAR, Wall

DAY = 86_400


def found(api: Api, resource: str, query: str, **names: str) -> list[str]:
    """The names of what is found, in its order; `names` are the ids by name."""
    page = api.get(f"/v1/{resource}/search", query=query)
    by_id = {id: name for name, id in names.items()}
    return [by_id[each["id"]] for each in page["data"]]


def expect(api: Api, resource: str, names: dict[str, str], queries: dict[str, str]) -> None:
    """Each query must find the objects with these names, newest first."""
    results = {query: " ".join(found(api, resource, query, **names)) for query in queries}
    assert results == queries


def test_customers(api: Api, wall: Wall) -> None:
    jenny = api.post("/v1/customers", email="Jenny.Rosen@Example.com", name="Jenny Rosen", phone="+15551234",
                     metadata={"Order": "ABC-1", 'a "b" \\': "x"})["id"]
    wall.advance(DAY)
    olga = api.post("/v1/customers", email="ОЛЬГА@example.com", name="Ольга 100%_", metadata={"Order": "ABC-12"})["id"]
    wall.advance(DAY)
    nobody = api.post("/v1/customers")["id"]
    api.delete("/v1/customers/" + api.post("/v1/customers", email="jenny.rosen@example.com")["id"])
    expect(api, "customers", {"jenny": jenny, "olga": olga, "nobody": nobody}, {
        'email:"jenny.rosen@EXAMPLE.com"': "jenny", 'email:"jenny.rosen"': "", 'email~"ROSEN@"': "jenny",
        'email~"@example"': "olga jenny", 'email:"ольга@example.com"': "olga", 'name~"льга"': "olga",
        'name:"jenny rosen"': "jenny", 'name:"jenny"': "", 'name~"0%_"': "olga", 'name~"___"': "", 'name~"%%%"': "",
        'phone:"+15551234"': "jenny", 'phone~"555"': "jenny", 'phone:15551234': "",
        "name:null": "nobody", "-name:null": "olga jenny", '-name:"jenny rosen"': "nobody olga", '-name~"rosen"': "nobody olga",
        'metadata["Order"]:"abc-1"': "jenny", 'metadata["order"]:"ABC-1"': "", '-metadata["Order"]:"ABC-1"': "nobody olga",
        'metadata["Order"]:null': "nobody", "-metadata['Order']:null": "olga jenny", r'metadata["a \"b\" \\"]:"X"': "jenny",
        f"created:{NEW_YEAR}": "jenny", f"created>{NEW_YEAR}": "nobody olga", f'created>="{NEW_YEAR + DAY}"': "nobody olga",
        f"created<{NEW_YEAR + DAY}": "jenny", f"-created<={NEW_YEAR + DAY}": "nobody", "created>0 created<10": "",
        f'email~"example" created>{NEW_YEAR}': "olga", f'email~"example" -created>{NEW_YEAR}': "jenny",
        'name:"jenny rosen" OR name:null': "nobody jenny", 'name:"jenny rosen" AND name:null': "",
        '-email~"example" OR phone~"1234"': "nobody jenny", "created>99999999999999999999": "", "created<99999999999999999999":
        "nobody olga jenny"})
    api.post(f"/v1/customers/{jenny}", email="new@example.com", metadata={"Order": ""})
    api.post(f"/v1/customers/{olga}", email="")
    expect(api, "customers", {"jenny": jenny, "olga": olga, "nobody": nobody}, {
        'email:"NEW@example.com"': "jenny", 'email~"rosen"': "", "email:null": "nobody olga",
        'metadata["Order"]:null': "nobody jenny"})
    assert api.get("/v1/customers", email="new@example.com")["data"][0]["id"] == jenny
    assert api.get("/v1/customers", email="New@example.com")["data"] == [], "the list's filter heeds case"


def test_products_and_prices(api: Api) -> None:
    shirt = api.post("/v1/products", name="T-Shirt", description="Soft tee", shippable=True, url="https://x.io/tee")["id"]
    plan = api.post("/v1/products", name="Plan", active=False, metadata={"tier": "Gold"})["id"]
    api.delete("/v1/products/" + api.post("/v1/products", name="T-Shirt")["id"])
    expect(api, "products", {"shirt": shirt, "plan": plan}, {
        'active:"true"': "shirt", 'active:"FALSE"': "plan", '-active:"true"': "plan", 'active:"yes"': "", "active:null": "",
        'description~"soft"': "shirt", 'description:"soft tee"': "shirt", 'name~"-SHI"': "shirt", 'name:"plan"': "plan",
        'shippable:"true"': "shirt", 'shippable:"false"': "", "shippable:null": "plan", '-shippable:"true"': "plan",
        'url~"x.io"': "shirt", "url:null": "plan", 'metadata["tier"]:"gold"': "plan", "created>0": "plan shirt"})
    month = api.post("/v1/prices", product=plan, currency="eur", unit_amount=500, recurring={"interval": "month"},
                     lookup_key="Standard_Monthly", metadata={"tier": "Gold"})["id"]
    once = api.post("/v1/prices", product=shirt, currency="usd", unit_amount=500, active=False)["id"]
    legacy = api.post("/v1/plans", product=shirt, currency="usd", amount=1, interval="year")["id"]
    api.delete(f"/v1/plans/{legacy}")
    expect(api, "prices", {"month": month, "once": once}, {
        'active:"true"': "month", 'currency:"EUR"': "month", '-currency:"eur"': "once", 'lookup_key:"standard_monthly"': "month",
        'lookup_key~"STAND"': "month", "lookup_key:null": "once", f'product:"{shirt}"': "once", f'product~"{plan[5:]}"': "month",
        f'product:"{shirt.upper()}"': "", 'type:"recurring"': "month", 'type:"one_time"': "once", '-type:"one_time"': "month",
        'metadata["tier"]:"GOLD"': "month", f'product:"{shirt}" OR product:"{plan}"': "once month"})


def bill(api: Api, wall: Wall, **place: Any) -> dict[str, str]:
    """A customer who pays for one subscription and ends another; the ids of what came of it."""
    card = {"payment_method": "pm_card_mastercard", "invoice_settings": {"default_payment_method": "pm_card_mastercard"}}
    customer = api.post("/v1/customers", **card, **place)["id"]
    price = api.post("/v1/prices", currency="usd", unit_amount=1500, product_data={"name": "Gold"},
                     recurring={"interval": "month"})["id"]
    kept = api.post("/v1/subscriptions", customer=customer, items=[{"price": price, "quantity": 2}], metadata={"seat": "A"})
    wall.advance(60)
    ended = api.post("/v1/subscriptions", customer=customer, items=[{"price": price}])["id"]
    api.delete(f"/v1/subscriptions/{ended}")
    draft = api.post("/v1/invoices", customer=customer, metadata={"po": "77"})["id"]
    (later, first) = api.get("/v1/invoices", customer=customer)["data"][1:]
    return {"customer": customer, "kept": kept["id"], "ended": ended, "draft": draft, "first": first["id"],
            "later": later["id"], "number": first["number"], "charge_1": first["charge"], "charge_2": later["charge"],
            "intent_1": first["payment_intent"], "intent_2": later["payment_intent"]}


def test_subscriptions_invoices_and_payments(api: Api, wall: Wall) -> None:
    ids = bill(api, wall)
    customer, number = ids["customer"], ids["number"]
    expect(api, "subscriptions", ids, {
        'status:"ACTIVE"': "kept", 'status:"canceled"': "ended", '-status:"canceled"': "kept", 'metadata["seat"]:"a"': "kept",
        f"canceled_at>={NEW_YEAR + 60}": "ended", f"canceled_at>{NEW_YEAR + 60}": "", "canceled_at:null": "kept",
        f"-canceled_at:{NEW_YEAR + 60}": "kept", f"created:{NEW_YEAR}": "kept",
        'status:"active" OR status:"canceled"': "ended kept"})
    expect(api, "invoices", ids, {
        'currency:"usd"': "draft later first", '-currency:"usd"': "", f'customer:"{customer}"': "draft later first",
        f'customer:"{customer.lower()}x"': "", f'number:"{number.lower()}"': "first", f'number~"{number[:6]}"': "later first",
        "number:null": "draft", "receipt_number:null": "draft later first", 'receipt_number:"x"': "", 'receipt_number~"xyz"': "",
        '-receipt_number:"x"': "draft later first", 'status:"paid"': "later first", 'status~"dra"': "draft",
        f'subscription:"{ids["kept"]}"': "first", f'subscription~"{ids["kept"][4:]}"': "first", "subscription:null": "draft",
        "total>1500": "first", "total>=1500": "later first", "total<1": "draft", "total:3000": "first",
        '-total:"3000"': "draft later",
        'metadata["po"]:77': "draft", f'customer:"{customer}" total>0 -status:"open"': "later first"})
    charges = {
        "amount>1500": "charge_1", 'currency:"usd"': "charge_2 charge_1", f'customer:"{customer}" amount:1500': "charge_2",
        'disputed:"false"': "charge_2 charge_1", 'disputed:"true"': "",
        'payment_method_details.card.brand:"MasterCard"': "charge_2 charge_1",
        "payment_method_details.card.last4:4444 amount<2000": "charge_2", 'payment_method_details.card.last4:"4242"': "",
        "refunded:null": "charge_2 charge_1", 'refunded:"true"': "", 'refunded:"false"': "",
        'status:"succeeded"': "charge_2 charge_1", '-status:"succeeded"': ""}
    card = api.get(f"/v1/charges/{ids['charge_1']}")["payment_method_details"]["card"]
    for fact in ("exp_month", "exp_year"):
        charges |= {f"payment_method_details.card.{fact}:{card[fact]} amount:3000": "charge_1",
                    f'payment_method_details.card.{fact}:"{card[fact] + 1}"': ""}
    charges[f'payment_method_details.card.fingerprint:"{card["fingerprint"]}"'] = "charge_2 charge_1"
    expect(api, "charges", ids, charges)
    api.post("/v1/refunds", charge=ids["charge_1"], amount=1)
    expect(api, "charges", ids, {"refunded:null": "charge_2", 'refunded:"false"': "charge_1", "-refunded:null": "charge_1"})
    api.post("/v1/refunds", charge=ids["charge_1"])
    expect(api, "charges", ids, {'refunded:"TRUE"': "charge_1", 'refunded:"false"': "", '-refunded:"true"': "charge_2"})
    expect(api, "payment_intents", ids, {
        "amount:3000": "intent_1", 'currency:"USD" amount<3000': "intent_2", f'customer:"{customer}"': "intent_2 intent_1",
        'status:"succeeded"': "intent_2 intent_1", 'status:"canceled"': "", f"created>={NEW_YEAR + 60}": "intent_2"})


def test_what_lives_on_a_clock_is_found_by_its_customer_only(api: Api, wall: Wall) -> None:
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=NEW_YEAR)["id"]
    ids = bill(api, wall, test_clock=clock)
    customer, kept = ids["customer"], ids["kept"]
    expect(api, "customers", ids, {"created>0": ""})
    expect(api, "subscriptions", ids, {"created>0": "", 'metadata["seat"]:"A"': ""})
    expect(api, "invoices", ids, {
        "created>0": "", f'customer:"{customer}"': "draft later first", f'created>0 customer:"{customer}"': "draft later first",
        f'subscription:"{kept}"': "first", f'-customer:"{customer}"': "", f'customer:"{customer}" OR total>0': "",
        f'subscription~"{kept}"': "",
        "-customer:null": "", f'subscription:"{kept}" OR customer:"{customer}"': "draft later first"})
    expect(api, "charges", ids, {"amount>0": "", f'customer:"{customer}"': "charge_2 charge_1"})
    expect(api, "payment_intents", ids, {"amount>0": "", f'customer:"{customer}" amount:1500': "intent_2"})
    api.post("/_sim/settings", search_lag_s=3_600)
    expect(api, "invoices", ids, {f'subscription:"{kept}"': "first"})


@pytest.mark.parametrize(("resource", "fields"), [
    ("customers", "id description balance status payment_method_details.card.last4 Email"),
    ("subscriptions", "id customer current_period_end currency"),
    ("invoices", "id amount_due receipt"),
    ("prices", "id unit_amount nickname recurring.interval"),
    ("products", "id unit_label"),
    ("charges", "id description payment_method_details.card.country payment_method_details.card"),
    ("payment_intents", "id description payment_method_details.card.last4"),
])
def test_other_fields_are_refused(api: Api, resource: str, fields: str) -> None:
    page = resource.replace("_", "-")
    for field in fields.split():
        answer = api.refused("GET", f"/v1/{resource}/search", query=f'created>0 {field}:"x"')
        assert (answer.status, answer.error["type"], answer.error["param"]) == (400, "invalid_request_error", "query")
        assert answer.error["message"] == (
            f"Field `{field}` is an unsupported search field for resource `{resource}`. See "
            f"http://stripe.com/docs/search#query-fields-for-{page} for a list of supported fields.")
