"""What happens to payment methods: they are made, come to customers, are named by parameters, and leave."""

from app.resources.payment_methods.operations.attaching import (
    attach_payment_method,
    detach_payment_method,
    keep_for_customer,
    newest_first,
    take_payment_method,
    take_source,
    update_payment_method,
    update_source_card,
)
from app.resources.payment_methods.operations.choosing import (
    behavior_of,
    default_source_for,
    find_payment_method,
    named_method,
    not_attached,
    payment_method_for,
    source_for,
    use_payment_method,
)
from app.resources.payment_methods.operations.copying import copy_payment_method
from app.resources.payment_methods.operations.making import (
    changed_details,
    changed_expiry,
    check_can_pay,
    check_code,
    create_payment_method,
    make_payment_method,
    method_of_token,
    older_card,
    unsaved_card,
)

__all__ = [
    "attach_payment_method",
    "behavior_of",
    "changed_details",
    "changed_expiry",
    "check_can_pay",
    "check_code",
    "copy_payment_method",
    "create_payment_method",
    "default_source_for",
    "detach_payment_method",
    "find_payment_method",
    "keep_for_customer",
    "make_payment_method",
    "method_of_token",
    "named_method",
    "newest_first",
    "not_attached",
    "older_card",
    "payment_method_for",
    "source_for",
    "take_payment_method",
    "take_source",
    "unsaved_card",
    "update_payment_method",
    "update_source_card",
    "use_payment_method",
]
