"""Settings of the process, read once from the environment. README lists them all."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

_FORMS = {
    # A database in memory could not be shared by the threads of the process.
    "database_url": (re.compile(r"sqlite:///(?!:memory:).+|postgres(ql)?(\+psycopg)?://.+"),
                     "neither sqlite:///path nor postgresql://user:password@host/name"),
    "country": (re.compile(r"[A-Z]{2}"), "no code of two capital letters"),
    "limits": (re.compile(r"documented|off|strict"), "none of documented, off and strict"),
    "body_limit_bytes": (re.compile(r"[1-9][0-9]*"), "no positive number"),
    "upload_limit_bytes": (re.compile(r"[1-9][0-9]*"), "no positive number"),
    "secret_key": (re.compile(r"|.{32,}"), "shorter than 32 characters"),
    "webhook_hosts": (re.compile(r"any|loopback"), "neither any nor loopback"),
}
"""What the text of a setting must be like, and what is said of one that is not."""


@dataclass(frozen=True, slots=True)
class Config:
    """One attribute for each `BILLYARD_<NAME>` variable; `DATABASE_URL` stands without the prefix."""

    database_url: str = "sqlite:///var/billyard.db"
    """SQLAlchemy URL: `sqlite:///path` or `postgresql://user:password@host/name`."""
    base_url: str = "http://127.0.0.1:12111"
    """How clients reach this server; the start of the URLs of its own pages."""
    open_sandboxes: bool = True
    """Whether an unseen `sk_test_…` key opens its own empty account."""
    embedded_worker: bool = True
    """Whether `billyard serve` does the background work itself."""
    id_seed: int | None = None
    """A number that makes ids the same whenever the same is done on a new database; for demos and tests."""
    country: str = "US"
    """Country of the accounts that unseen keys open."""
    limits: str = "documented"
    """Default of the sandboxes' `limits` setting: documented, off or strict."""
    body_limit_bytes: int = 1_048_576
    """Largest request body."""
    upload_limit_bytes: int = 16_777_216
    """Largest body of a request that uploads a file."""
    request_log: bool = True
    """Whether requests are kept in the request log."""
    secret_key: str = ""
    """What secrets are encrypted with in the database, 32 characters or more; empty: a file beside it, made when needed."""
    webhook_hosts: str = "any"
    """`any`, or `loopback` to deliver webhooks to this machine only."""

    def __post_init__(self) -> None:
        """Raises ValueError that names the variable whose value makes no sense."""
        for name, (pattern, words) in _FORMS.items():
            text = str(getattr(self, name))
            if not pattern.fullmatch(text):
                # Without the password of a database, and never a key.
                shown = "the text" if name == "secret_key" else repr(re.sub("//[^/@]*@", "//…@", text))
                raise ValueError(f"{variable_of(name)}: {shown} is {words}")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Config:
        """The settings of this process. Raises ValueError that names the variable whose value makes no sense."""
        environment = os.environ if environment is None else environment
        values: dict[str, object] = {}
        for field in fields(cls):
            variable = variable_of(field.name)
            text = environment.get(variable)
            if text is None or text == "":
                continue
            try:
                values[field.name] = _convert(str(field.type), text)
            except ValueError as problem:
                raise ValueError(f"{variable}: {problem}") from None
        if "base_url" in values:
            # The paths that follow it begin with a slash of their own.
            values["base_url"] = str(values["base_url"]).rstrip("/")
        return cls(**values)  # type: ignore[arg-type]


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    return "DATABASE_URL" if name == "database_url" else f"BILLYARD_{name.upper()}"


def _convert(kind: str, text: str) -> object:
    if kind == "bool":
        words = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
        if text.lower() not in words:
            raise ValueError(f"{text!r} is neither true nor false")
        return words[text.lower()]
    return int(text) if kind.startswith("int") else text
