"""What the account links endpoint takes."""

from app.wire.params import Enum, RetrieveParams, Text


class AccountLinkCreate(RetrieveParams):
    account = Text(required=True)
    collect = Enum(("currently_due", "eventually_due"))
    refresh_url = Text(required=True)
    return_url = Text(required=True)
    type = Enum(("account_onboarding", "account_update"), required=True)
