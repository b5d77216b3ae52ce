"""The application as which a platform acts for the accounts connected to it."""

from __future__ import annotations

from typing import Any


def application_of(platform_id: str) -> str:
    """The id of the platform's application. Our choice: that of the account, so that it need not be kept."""
    return f"ca_{platform_id.removeprefix('acct_')}"


def shown_application(application: str) -> dict[str, Any]:
    """The `application` object."""
    return {"id": application, "object": "application", "name": None}
