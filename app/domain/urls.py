"""Addresses to which a browser is sent."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_FORBIDDEN_SCHEMES = frozenset({"blob", "data", "file", "javascript", "vbscript"})


def is_url(url: str) -> bool:
    """Whether a browser can be sent there: to a site, or to an app by a scheme of its own."""
    if not (url.isascii() and url.isprintable()) or " " in url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme in ("http", "https"):
        return _HOST.fullmatch(parts.netloc) is not None
    return _SCHEME.fullmatch(parts.scheme) is not None and parts.scheme not in _FORBIDDEN_SCHEMES
