"""Add refunds

Revision: 20261127_refunds, after 20261123_initial. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "20261127_refunds"
down_revision = "20261123_initial"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refunds",
        sa.Column("account_id", sa.String(length=255), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance_transaction_id", sa.String(length=255), nullable=True),
        sa.Column("charge_id", sa.String(length=255), nullable=False),
        sa.Column("currency", sa.String(length=255), nullable=False),
        sa.Column("instructions_email", sa.String(length=5000), nullable=True),
        sa.Column("payment_intent_id", sa.String(length=255), nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=True),
        sa.Column("status", sa.String(length=255), nullable=False),
        sa.Column("metadata", JSONDoc(), nullable=False),
        sa.Column("test_clock_id", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "balance_transaction_id"],
            ["balance_transactions.account_id", "balance_transactions.id"],
            name=op.f("fk_refunds_account_id_balance_transaction_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "charge_id"],
            ["charges.account_id", "charges.id"],
            name=op.f("fk_refunds_account_id_charge_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "payment_intent_id"],
            ["payment_intents.account_id", "payment_intents.id"],
            name=op.f("fk_refunds_account_id_payment_intent_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "test_clock_id"],
            ["test_clocks.account_id", "test_clocks.id"],
            name=op.f("fk_refunds_account_id_test_clock_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_refunds")),
    )
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_refunds_account_id_charge_id_created_seq"),
            ["account_id", "charge_id", "created", "seq"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_refunds_account_id_payment_intent_id_created_seq"),
            ["account_id", "payment_intent_id", "created", "seq"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_refunds_account_id_test_clock_id_created_seq"),
            ["account_id", "test_clock_id", "created", "seq"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refunds_account_id_test_clock_id_created_seq"))
        batch_op.drop_index(batch_op.f("ix_refunds_account_id_payment_intent_id_created_seq"))
        batch_op.drop_index(batch_op.f("ix_refunds_account_id_charge_id_created_seq"))

    op.drop_table("refunds")
