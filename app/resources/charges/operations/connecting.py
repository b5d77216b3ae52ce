"""What payments do with connected accounts, of which there are none yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import InvalidRequest, no_such

_FEE_OF_INTENT = ("Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an "
                  "OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).")
_FEE_OF_CHARGE = ("Can only apply an application_fee when the request is made on behalf of another account (using an OAuth "
                  "key, the Stripe-Account header, or the destination parameter).")


def check_connected(values: Mapping[str, Any], *, of_intent: bool = True) -> None:
    """Raises InvalidRequest where the parameters name a connected account, or take a fee of one.

    `of_intent` tells what intents are told from what charges are.
    """
    transfer, destination = values.get("transfer_data") or {}, values.get("destination")
    if isinstance(destination, Mapping):
        destination = destination["account"]
    for param, account in (("on_behalf_of", values.get("on_behalf_of")), ("destination", destination),
                           ("transfer_data[destination]", transfer.get("destination"))):
        if account is not None:
            raise no_such("destination", account, param=param, status=400)
    if transfer.get("amount") is not None:
        # Our choice: the words.
        raise InvalidRequest("You can only specify `transfer_data[amount]` for a payment with a destination.",
                             param="transfer_data[amount]")
    for name in ("application_fee_amount", "application_fee"):
        if values.get(name) is not None:
            raise InvalidRequest(_FEE_OF_INTENT if of_intent else _FEE_OF_CHARGE, param=name)
