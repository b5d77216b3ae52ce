"""Add top-ups and bank accounts

Revision: 430771e0796b, after 20261127_note_lines. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "430771e0796b"
down_revision = "20261127_note_lines"
branch_labels = None
depends_on = None

# What a new account begins with, for those that are there already.
BANK_ACCOUNTS = """
INSERT INTO bank_accounts (account_id, id, seq, created, account_holder_name, account_holder_type, bank_name, country, currency,
                           default_for_currency, fingerprint, last4, routing_number, status, metadata)
SELECT id, 'ba_' || substr(id, 6), 0, created, 'Jenny Rosen', 'individual', 'STRIPE TEST BANK', 'US', default_currency, true,
       'loaWgj6M2m1DVWxH', '6789', '110000000', 'new', '{}'
FROM accounts WHERE platform_id IS NULL
"""


def upgrade() -> None:
    op.create_table(
        "bank_accounts",
        sa.Column("account_id", sa.String(length=255), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("account_holder_name", sa.String(length=5000), nullable=True),
        sa.Column("account_holder_type", sa.String(length=255), nullable=True),
        sa.Column("account_type", sa.String(length=255), nullable=True),
        sa.Column("bank_name", sa.String(length=255), nullable=False),
        sa.Column("behavior", sa.String(length=255), nullable=True),
        sa.Column("country", sa.String(length=255), nullable=False),
        sa.Column("currency", sa.String(length=255), nullable=False),
        sa.Column("default_for_currency", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.String(length=255), nullable=False),
        sa.Column("last4", sa.String(length=255), nullable=False),
        sa.Column("routing_number", sa.String(length=255), nullable=True),
        sa.Column("status", sa.String(length=255), nullable=False),
        sa.Column("metadata", JSONDoc(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_bank_accounts")),
    )
    with op.batch_alter_table("bank_accounts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bank_accounts_account_id_created_seq"), ["account_id", "created", "seq"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_bank_accounts_account_id_currency_created_seq"),
            ["account_id", "currency", "created", "seq"],
            unique=False,
        )

    op.create_table(
        "topups",
        sa.Column("account_id", sa.String(length=255), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance_transaction_id", sa.String(length=255), nullable=True),
        sa.Column("behavior", sa.String(length=255), nullable=True),
        sa.Column("currency", sa.String(length=255), nullable=False),
        sa.Column("description", sa.String(length=5000), nullable=True),
        sa.Column("expected_availability_date", sa.BigInteger(), nullable=False),
        sa.Column("failure_code", sa.String(length=255), nullable=True),
        sa.Column("failure_message", sa.String(length=5000), nullable=True),
        sa.Column("settles_at", sa.BigInteger(), nullable=False),
        sa.Column("source", JSONDoc(), nullable=False),
        sa.Column("source_id", sa.String(length=255), nullable=False),
        sa.Column("statement_descriptor", sa.String(length=255), nullable=True),
        sa.Column("status", sa.String(length=255), nullable=False),
        sa.Column("transfer_group", sa.String(length=255), nullable=True),
        sa.Column("metadata", JSONDoc(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("test_clock_id", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "balance_transaction_id"],
            ["balance_transactions.account_id", "balance_transactions.id"],
            name=op.f("fk_topups_account_id_balance_transaction_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "test_clock_id"],
            ["test_clocks.account_id", "test_clocks.id"],
            name=op.f("fk_topups_account_id_test_clock_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_topups")),
    )
    with op.batch_alter_table("topups", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_topups_account_id_created_seq"), ["account_id", "created", "seq"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_topups_account_id_source_id"), ["account_id", "source_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_topups_account_id_status_created_seq"),
            ["account_id", "status", "created", "seq"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_topups_test_clock_id_due_at"), ["test_clock_id", "due_at"], unique=False)

    op.execute(BANK_ACCOUNTS)


def downgrade() -> None:
    with op.batch_alter_table("topups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_topups_test_clock_id_due_at"))
        batch_op.drop_index(batch_op.f("ix_topups_account_id_status_created_seq"))
        batch_op.drop_index(batch_op.f("ix_topups_account_id_source_id"))
        batch_op.drop_index(batch_op.f("ix_topups_account_id_created_seq"))

    op.drop_table("topups")
    with op.batch_alter_table("bank_accounts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bank_accounts_account_id_currency_created_seq"))
        batch_op.drop_index(batch_op.f("ix_bank_accounts_account_id_created_seq"))

    op.drop_table("bank_accounts")
