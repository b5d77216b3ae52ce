"""Add payouts

Revision: 1219a1ed0b68, after 874da1a9b224. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "1219a1ed0b68"
down_revision = "874da1a9b224"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payout_schedules",
        sa.Column("account_id", sa.String(length=255), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("runs_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("test_clock_id", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "test_clock_id"],
            ["test_clocks.account_id", "test_clocks.id"],
            name=op.f("fk_payout_schedules_account_id_test_clock_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_payout_schedules")),
    )
    with op.batch_alter_table("payout_schedules", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payout_schedules_test_clock_id_due_at"), ["test_clock_id", "due_at"], unique=False
        )

    op.create_table(
        "payouts",
        sa.Column("account_id", sa.String(length=255), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("arrival_date", sa.BigInteger(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("balance_transaction_id", sa.String(length=255), nullable=False),
        sa.Column("currency", sa.String(length=255), nullable=False),
        sa.Column("description", sa.String(length=5000), nullable=True),
        sa.Column("destination_id", sa.String(length=255), nullable=False),
        sa.Column("failure_balance_transaction_id", sa.String(length=255), nullable=True),
        sa.Column("failure_code", sa.String(length=255), nullable=True),
        sa.Column("failure_message", sa.String(length=5000), nullable=True),
        sa.Column("method", sa.String(length=255), nullable=False),
        sa.Column("moves_at", sa.BigInteger(), nullable=False),
        sa.Column("original_payout_id", sa.String(length=255), nullable=True),
        sa.Column("reversed_by_id", sa.String(length=255), nullable=True),
        sa.Column("source_type", sa.String(length=255), nullable=False),
        sa.Column("statement_descriptor", sa.String(length=255), nullable=True),
        sa.Column("status", sa.String(length=255), nullable=False),
        sa.Column("metadata", JSONDoc(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("test_clock_id", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "balance_transaction_id"],
            ["balance_transactions.account_id", "balance_transactions.id"],
            name=op.f("fk_payouts_account_id_balance_transaction_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "destination_id"],
            ["bank_accounts.account_id", "bank_accounts.id"],
            name=op.f("fk_payouts_account_id_destination_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "failure_balance_transaction_id"],
            ["balance_transactions.account_id", "balance_transactions.id"],
            name=op.f("fk_payouts_account_id_failure_balance_transaction_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "test_clock_id"],
            ["test_clocks.account_id", "test_clocks.id"],
            name=op.f("fk_payouts_account_id_test_clock_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_payouts")),
    )
    with op.batch_alter_table("payouts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payouts_account_id_created_seq"), ["account_id", "created", "seq"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_payouts_account_id_destination_id_created_seq"),
            ["account_id", "destination_id", "created", "seq"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_payouts_account_id_status_created_seq"),
            ["account_id", "status", "created", "seq"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_payouts_test_clock_id_due_at"), ["test_clock_id", "due_at"], unique=False)

    with op.batch_alter_table("balance_transactions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("payout_id", sa.String(length=255), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_balance_transactions_account_id_payout_id_created_seq"),
            ["account_id", "payout_id", "created", "seq"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("balance_transactions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_balance_transactions_account_id_payout_id_created_seq"))
        batch_op.drop_column("payout_id")

    with op.batch_alter_table("payouts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payouts_test_clock_id_due_at"))
        batch_op.drop_index(batch_op.f("ix_payouts_account_id_status_created_seq"))
        batch_op.drop_index(batch_op.f("ix_payouts_account_id_destination_id_created_seq"))
        batch_op.drop_index(batch_op.f("ix_payouts_account_id_created_seq"))

    op.drop_table("payouts")
    with op.batch_alter_table("payout_schedules", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payout_schedules_test_clock_id_due_at"))

    op.drop_table("payout_schedules")
