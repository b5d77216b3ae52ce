"""Connected accounts that may do everything, made over HTTP as a platform would: with values that pass verification."""

from __future__ import annotations

from typing import Any

from tests.support.api import Api

HOME = {"line1": "address_full_match", "city": "San Francisco", "state": "CA", "postal_code": "94105"}
INDIVIDUAL = {
    "first_name": "Jenny", "last_name": "Rosen", "email": "jenny@example.com", "phone": "0000000000",
    "dob": {"day": 1, "month": 1, "year": 1901}, "address": HOME, "ssn_last_4": "0000", "id_number": "000000000",
}  # fmt: skip
"""Somebody in the United States whom verification confirms at once."""


def passing(**params: Any) -> dict[str, Any]:
    """What POST /v1/accounts takes for a custom account of an individual in the US from which nothing more is asked."""
    return {
        "type": "custom", "country": "US", "email": "jenny@example.com", "business_type": "individual",
        "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
        "business_profile": {"mcc": "5734", "url": "https://rosen.example.com"}, "individual": INDIVIDUAL,
        "tos_acceptance": {"date": 1609798905, "ip": "8.8.8.8"}, "external_account": "btok_us_verified",
        # Else the day on which money becomes available is also that on which it leaves.
        "settings": {"payouts": {"schedule": {"interval": "manual"}}},
        **params,
    }  # fmt: skip


def connected(platform: Api, type: str = "custom", **params: Any) -> Api:
    """A client that acts for a new account connected to the platform's, active and with a bank account.

    `params` are taken instead of the passing ones of POST /v1/accounts. Its id is `client.account`.
    """
    account = platform.post("/v1/accounts", **passing(type=type, **params))
    assert account["charges_enabled"] and account["payouts_enabled"], account["requirements"]
    return acting_for(platform, account["id"])


def acting_for(platform: Api, account: str) -> Api:
    """A client with the platform's key that sends `Stripe-Account`."""
    return Api(platform.server, platform.key, account=account)
