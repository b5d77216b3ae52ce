"""The words of those who look out for fraud."""

from __future__ import annotations

from typing import Final

FRAUD_TYPES: Final = (
    "card_never_received", "fraudulent_card_application", "made_with_counterfeit_card", "made_with_lost_card",
    "made_with_stolen_card", "misc", "unauthorized_use_of_card")
"""What an issuer calls the fraud that it warns of."""

TEST_CARDS_FRAUD: Final = "made_with_stolen_card"
"""What the issuer of the test card says."""
