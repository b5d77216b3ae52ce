"""The error envelope, member by member."""

import pytest

from app.errors import (
    ApiError,
    ApiFault,
    AuthenticationError,
    CardError,
    IdempotencyError,
    InvalidRequest,
    PermissionDenied,
    RateLimited,
    missing_parameter,
    no_such,
    unknown_parameters,
    unrecognized_url,
)


def test_an_envelope_holds_what_is_known_in_alphabetical_order() -> None:
    error = CardError(
        "Your card was declined.",
        code="card_declined",
        decline_code="generic_decline",
        charge="ch_1",
        payment_intent={"id": "pi_1"},
        extra={"advice_code": "try_again_later"},
    )
    envelope = error.envelope("req_1")
    assert envelope == {
        "error": {
            "advice_code": "try_again_later",
            "charge": "ch_1",
            "code": "card_declined",
            "decline_code": "generic_decline",
            "doc_url": "https://stripe.com/docs/error-codes/card-declined",
            "message": "Your card was declined.",
            "payment_intent": {"id": "pi_1"},
            "request_log_url": "https://dashboard.stripe.com/test/logs/req_1",
            "type": "card_error",
        }
    }
    assert list(envelope["error"]) == sorted(envelope["error"])


def test_an_undocumented_code_has_no_page() -> None:
    error = InvalidRequest("You cannot expand more than 4 levels.", code="property_expansion_max_depth")
    assert "doc_url" not in error.envelope("req_1")["error"]


@pytest.mark.parametrize(
    ("error", "status", "type_", "commits"),
    [
        (InvalidRequest("x"), 400, "invalid_request_error", False),
        (CardError("x"), 402, "card_error", True),
        (IdempotencyError("x"), 400, "idempotency_error", False),
        (IdempotencyError("x", status=409), 409, "idempotency_error", False),
        (AuthenticationError("x"), 401, "invalid_request_error", False),
        (PermissionDenied("x"), 403, "invalid_request_error", False),
        (RateLimited(), 429, "invalid_request_error", False),
        (ApiFault(), 500, "api_error", False),
    ],
)
def test_only_a_declined_card_is_kept(error: ApiError, status: int, type_: str, commits: bool) -> None:
    assert (error.status, error.type, error.commits) == (status, type_, commits)


@pytest.mark.parametrize(
    ("error", "status", "code", "param", "message"),
    [
        (missing_parameter("a[b]"), 400, "parameter_missing", "a[b]", "Missing required param: a[b]."),
        (unknown_parameters(["a"]), 400, "parameter_unknown", "a", "Received unknown parameter: a"),
        (unknown_parameters(["a", "b"]), 400, "parameter_unknown", "a", "Received unknown parameters: a, b"),
        (
            unknown_parameters(["a"], suggestion="b"),
            400,
            "parameter_unknown",
            "a",
            "Received unknown parameter: a. Did you mean b?",
        ),
        (no_such("customer", "cus_x", param="id"), 404, "resource_missing", "id", "No such customer: 'cus_x'"),
        (
            no_such("price", "price_x", param="items[0][price]", status=400),
            400,
            "resource_missing",
            "items[0][price]",
            "No such price: 'price_x'",
        ),
        (
            unrecognized_url("GET", "/v1/foo"),
            404,
            None,
            None,
            "Unrecognized request URL (GET: /v1/foo)."
            " Please see https://stripe.com/docs or we can help at https://support.stripe.com/.",
        ),
        (ApiFault(), 500, None, None, "An error occurred on our end."),
    ],
)
def test_common_errors_are_worded_once(
    error: ApiError, status: int, code: str | None, param: str | None, message: str
) -> None:
    assert (error.status, error.code, error.param, error.message) == (status, code, param, message)
