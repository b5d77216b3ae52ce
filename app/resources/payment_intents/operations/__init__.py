"""What happens to payment intents."""

from app.resources.payment_intents.operations.attempting import attempt_payment, card_error_of
from app.resources.payment_intents.operations.by_transfer import amount_to_apply, fund_partly, missing_of
from app.resources.payment_intents.operations.canceling import (
    cancel_by_request,
    cancel_intent,
    expire_authorization,
)
from app.resources.payment_intents.operations.capturing import (
    capture_by_charge,
    capture_intent,
    increment_authorization,
)
from app.resources.payment_intents.operations.changing import (
    change_amount,
    create_for_invoice,
    create_intent,
    update_intent,
)
from app.resources.payment_intents.operations.confirming import (
    authenticate,
    chosen_method,
    confirm_intent,
    fail_authentication,
)
from app.resources.payment_intents.operations.paying_otherwise import (
    answer_debit,
    attempt_bank_account,
    attempt_otherwise,
    fail_debit,
    verify_deposits,
)

__all__ = [
    "amount_to_apply",
    "answer_debit",
    "attempt_bank_account",
    "attempt_otherwise",
    "attempt_payment",
    "authenticate",
    "cancel_by_request",
    "cancel_intent",
    "capture_by_charge",
    "capture_intent",
    "card_error_of",
    "change_amount",
    "chosen_method",
    "confirm_intent",
    "create_for_invoice",
    "create_intent",
    "expire_authorization",
    "fail_authentication",
    "fail_debit",
    "fund_partly",
    "increment_authorization",
    "missing_of",
    "update_intent",
    "verify_deposits",
]
