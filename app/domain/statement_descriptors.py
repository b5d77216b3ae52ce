"""What stands on the statement of who has paid."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

LENGTH_MAX: Final = 22
PREFIX_MAX: Final = 10
_FORBIDDEN: Final = frozenset("<>\\'\"*")


def problem_of(name: str, text: str, *, shortest: int) -> str | None:
    """What is wrong with a descriptor, in words; None where nothing is. Our choice: the words; the rules are the networks'."""
    if _FORBIDDEN & set(text):
        return f"The {name} must not contain any of the characters < > \\ ' \" *."
    if len(text) < shortest or not any(character.isalpha() for character in text):
        return f"The {name} must have at least {shortest} characters, and one letter among them."
    return None


def descriptor_of(url: str | None) -> str | None:
    """The descriptor that a business has by its address on the web, `EXAMPLE.COM`; None where it has none."""
    host = host_of(url)
    return None if host is None else host.upper()[:LENGTH_MAX]


def host_of(url: str | None) -> str | None:
    """The host that a URL names, without `www.`; None for no URL, and for one that names none."""
    if not url:
        return None
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None
