"""Add customer balance transactions

Revision: 20261127_balances, after 20261127_refunds. Written 2026-11-27.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "20261127_balances"
down_revision = "20261127_refunds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "customer_balance_transactions",
        sa.Column("account_id", sa.String(length=255), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("credit_note_id", sa.String(length=255), nullable=True),
        sa.Column("currency", sa.String(length=255), nullable=False),
        sa.Column("customer_id", sa.String(length=255), nullable=False),
        sa.Column("description", sa.String(length=350), nullable=True),
        sa.Column("ending_balance", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", sa.String(length=255), nullable=True),
        sa.Column("type", sa.String(length=255), nullable=False),
        sa.Column("metadata", JSONDoc(), nullable=False),
        sa.Column("test_clock_id", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "customer_id"], ["customers.account_id", "customers.id"],
            name=op.f("fk_customer_balance_transactions_account_id_customer_id"), initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "test_clock_id"], ["test_clocks.account_id", "test_clocks.id"],
            name=op.f("fk_customer_balance_transactions_account_id_test_clock_id"), initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_customer_balance_transactions")),
    )
    with op.batch_alter_table("customer_balance_transactions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customer_balance_transactions_account_id_customer_id_created_seq"),
            ["account_id", "customer_id", "created", "seq"], unique=False)
    _open_the_books(table)


def _open_the_books(table: sa.Table) -> None:
    """Give each balance that is there the transaction that it starts with, so that balances are sums from here on."""
    connection = op.get_bind()
    found = connection.execute(sa.text(
        "SELECT c.account_id, c.id, c.seq, c.created, c.balance, coalesce(c.currency, a.default_currency), "
        "c.test_clock_id FROM customers c JOIN accounts a ON a.id = c.account_id WHERE c.balance <> 0"))
    for account_id, customer_id, seq, created, balance, currency, test_clock_id in found.all():
        digest = hashlib.sha256(f"{account_id} {customer_id}".encode()).hexdigest()
        connection.execute(table.insert().values(
            account_id=account_id, id=f"cbtxn_1{digest[:23]}", seq=seq, created=created, amount=balance,
            currency=currency, customer_id=customer_id, ending_balance=balance, type="initial", metadata={},
            test_clock_id=test_clock_id))


def downgrade() -> None:
    with op.batch_alter_table("customer_balance_transactions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_balance_transactions_account_id_customer_id_created_seq"))
    op.drop_table("customer_balance_transactions")
