"""What happens to customers and to what they own: balance, cash balance, tax ids."""

from app.resources.customers.operations.balance import (
    change_balance,
    create_balance_transaction,
    update_balance_transaction,
)
from app.resources.customers.operations.changing import (
    create_customer,
    delete_customer,
    remove_discount,
    update_customer,
)
from app.resources.customers.operations.currency import check_currency, settle_currency
from app.resources.customers.operations.email import check_email
from app.resources.customers.operations.tax_ids import check_tax_id, create_tax_id, delete_tax_id, verify_tax_id

__all__ = [
    "change_balance",
    "check_currency",
    "check_email",
    "check_tax_id",
    "create_balance_transaction",
    "create_customer",
    "create_tax_id",
    "delete_customer",
    "delete_tax_id",
    "remove_discount",
    "settle_currency",
    "update_balance_transaction",
    "update_customer",
    "verify_tax_id",
]
