"""Stripe's refusals as plain exceptions.

Each carries the facts of the error envelope and the HTTP status, and nothing about HTTP itself: domain and operations
raise them, the wire turns them into an answer. Messages are Stripe's, to the letter.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

# Codes that have no page of their own in Stripe's documentation.
_UNDOCUMENTED_CODES = frozenset({"property_expansion_max_depth"})


class ApiError(Exception):
    """A refusal that the caller is told about; the transaction is rolled back unless `commits` says otherwise.

    `status` is the HTTP status and `type` one of the four words that exist on the wire: `api_error`, `card_error`,
    `idempotency_error`, `invalid_request_error`. `payment_intent` and `payment_method` are whole rendered objects or
    ids, `charge` is an id, and `extra` holds members that only a few errors have.
    """

    commits: ClassVar[bool] = False

    status: int = 400
    type: str = "invalid_request_error"

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        type: str | None = None,
        code: str | None = None,
        param: str | None = None,
        decline_code: str | None = None,
        charge: str | None = None,
        payment_intent: Mapping[str, Any] | str | None = None,
        payment_method: Mapping[str, Any] | str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        if status is not None:
            self.status = status
        if type is not None:
            self.type = type
        self.message = message
        self.code = code
        self.param = param
        self.decline_code = decline_code
        self.charge = charge
        self.payment_intent = payment_intent
        self.payment_method = payment_method
        self.extra: dict[str, Any] = dict(extra or {})

    def envelope(self, request_id: str) -> dict[str, Any]:
        """The body of the answer: `{"error": {…}}`, keys in alphabetical order, members that are None left out."""
        members = {
            **self.extra,
            "charge": self.charge,
            "code": self.code,
            "decline_code": self.decline_code,
            "doc_url": self._doc_url(),
            "message": self.message,
            "param": self.param,
            "payment_intent": self.payment_intent,
            "payment_method": self.payment_method,
            # Our choice: without the `t` that Stripe appends, because an error knows no time.
            "request_log_url": f"https://dashboard.stripe.com/test/logs/{request_id}",
            "type": self.type,
        }
        return {"error": {name: members[name] for name in sorted(members) if members[name] is not None}}

    def _doc_url(self) -> str | None:
        if self.code is None or self.code in _UNDOCUMENTED_CODES:
            return None
        return "https://stripe.com/docs/error-codes/" + self.code.replace("_", "-")


class InvalidRequest(ApiError):
    """The request is wrong as it stands: 400, or 404 when it names something that does not exist."""


class VerificationFailed(InvalidRequest):
    """What was named to prove that a bank account is one's own is wrong. That is counted, so what was written is kept."""

    commits: ClassVar[bool] = True


class CardError(ApiError):
    """A card was declined. It is a fact and not a mistake, so what was written until then is kept."""

    commits: ClassVar[bool] = True

    status: int = 402
    type: str = "card_error"


class IdempotencyError(ApiError):
    """An idempotency key was used with other parameters or on another endpoint (400), or is still in use (409)."""

    type: str = "idempotency_error"


class AuthenticationError(ApiError):
    """No API key, or one that this instance does not know."""

    status: int = 401


class PermissionDenied(ApiError):
    """The key is good, but not for this account or this action."""

    status: int = 403


class RateLimited(ApiError):
    """Too many requests (`rate_limit`), or two at once for one object (`lock_timeout`)."""

    status: int = 429

    def __init__(
        self,
        message: str = "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
        *,
        code: str = "rate_limit",
    ) -> None:
        super().__init__(message, code=code)


class ApiFault(ApiError):
    """Something broke on this side; the caller may repeat the request."""

    status: int = 500
    type: str = "api_error"

    def __init__(self, message: str = "An error occurred on our end.", *, code: str | None = None) -> None:
        super().__init__(message, code=code)


def missing_parameter(path: str) -> InvalidRequest:
    """The error for a required parameter that was not sent; `path` is its full path, `phases[0][items][0][price]`."""
    return InvalidRequest(f"Missing required param: {path}.", code="parameter_missing", param=path)


def unknown_parameters(paths: Sequence[str], *, suggestion: str | None = None) -> InvalidRequest:
    """The one error for all parameters the endpoint does not have; `suggestion` is what the only one may have meant."""
    message = f"Received unknown parameter{'s' if len(paths) > 1 else ''}: {', '.join(paths)}"
    if suggestion is not None:
        message += f". Did you mean {suggestion}?"
    return InvalidRequest(message, code="parameter_unknown", param=paths[0])


def no_such(object_name: str, id: str, *, param: str | None, status: int = 404) -> InvalidRequest:
    """The error for an id that names nothing: status 404 when the id stood in the path, 400 when it was a parameter."""
    return InvalidRequest(f"No such {object_name}: '{id}'", status=status, code="resource_missing", param=param)


def no_access(key_hint: str, account_id: str) -> PermissionDenied:
    """The error for an account that is none of the key's, does not exist or was deleted; the key is named starred."""
    return PermissionDenied(
        f"The provided key '{key_hint}' does not have access to account '{account_id}' (or that account does not exist). "
        "Application access may have been revoked.", code="account_invalid")


def no_permission(what: str, account_id: str) -> PermissionDenied:
    """The error for what a platform may not do to an account that is connected to it: `this endpoint`, or parameters."""
    return PermissionDenied(
        f"This application does not have the required permissions for {what} on account '{account_id}'.",
        code="oauth_not_supported")


def unrecognized_url(method: str, path: str) -> InvalidRequest:
    """The error for a route that does not exist; a path with nothing between or behind its slashes lacks an id."""
    advice = (
        " If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make"
        " sure you passed a valid (non-empty) identifier in your code."
        if path.endswith("/") or "//" in path
        else ""
    )
    return InvalidRequest(
        f"Unrecognized request URL ({method}: {path}).{advice}"
        " Please see https://stripe.com/docs or we can help at https://support.stripe.com/.",
        status=404,
    )
