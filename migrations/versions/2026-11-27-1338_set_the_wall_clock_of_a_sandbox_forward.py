"""Set the wall clock of a sandbox forward

Revision: cdc60a6725a1, after b775fa1142ce. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

revision = "cdc60a6725a1"
down_revision = "b775fa1142ce"
branch_labels = None
depends_on = None

MOVED_BY_TIME = (
    "account_verifications", "apps_secrets", "charges", "connect_reserves", "coupons", "discounts", "disputes",
    "file_links", "funds", "invoices", "issuer_reports", "payment_methods", "payout_schedules", "payouts",
    "promotion_codes", "quotes", "refunds", "subscription_schedules", "subscriptions", "tax_ids", "topups",
)
DUE = sa.text("due_at IS NOT NULL AND test_clock_id IS NULL")
AHEAD = sa.text("time_offset IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("time_offset", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("time_target", sa.BigInteger(), nullable=True))
        batch_op.create_index("ix_accounts_set_forward", ["time_offset"], unique=False,
                              sqlite_where=AHEAD, postgresql_where=AHEAD)
    for table in MOVED_BY_TIME:
        op.create_index(f"ix_{table}_due_of_account", table, ["account_id", "due_at"], unique=False,
                        sqlite_where=DUE, postgresql_where=DUE)


def downgrade() -> None:
    for table in MOVED_BY_TIME:
        op.drop_index(f"ix_{table}_due_of_account", table)
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_index("ix_accounts_set_forward")
        batch_op.drop_column("time_target")
        batch_op.drop_column("time_offset")
