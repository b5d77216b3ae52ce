"""What happens to the accounts that are connected to a platform."""

from app.resources.accounts.operations.changing import fill_in, update_account
from app.resources.accounts.operations.creating import create_account
from app.resources.accounts.operations.ending import delete_account, reject_account
from app.resources.accounts.operations.finding import check_platform, connected_account, find_connected
from app.resources.accounts.operations.gathering import facts_of
from app.resources.accounts.operations.permitted import check_has_capabilities, refused_endpoint
from app.resources.accounts.operations.reviewing import (
    charge_succeeded,
    pass_deadline,
    previewed,
    review,
    reviewed,
    reviewing,
    take_step,
)

__all__ = [
    "charge_succeeded", "check_has_capabilities", "check_platform", "connected_account", "create_account", "delete_account",
    "facts_of", "fill_in", "find_connected", "pass_deadline", "previewed", "refused_endpoint", "reject_account", "review",
    "reviewed", "reviewing", "take_step", "update_account",
]  # fmt: skip
