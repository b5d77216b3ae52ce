"""Add tax ids and sources of customers

Revision: 20261127_tax_ids, after 5a1c0f27d9e4. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "20261127_tax_ids"
down_revision = "5a1c0f27d9e4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tax_ids",
        sa.Column("account_id", sa.String(length=255), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("checks_at", sa.BigInteger(), nullable=True),
        sa.Column("country", sa.String(length=255), nullable=True),
        sa.Column("customer_id", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=255), nullable=False),
        sa.Column("value", sa.String(length=5000), nullable=False),
        sa.Column("verification_status", sa.String(length=255), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("test_clock_id", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "customer_id"],
            ["customers.account_id", "customers.id"],
            name=op.f("fk_tax_ids_account_id_customer_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "test_clock_id"],
            ["test_clocks.account_id", "test_clocks.id"],
            name=op.f("fk_tax_ids_account_id_test_clock_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_tax_ids")),
    )
    with op.batch_alter_table("tax_ids", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_tax_ids_account_id_customer_id_created_seq"),
            ["account_id", "customer_id", "created", "seq"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_tax_ids_test_clock_id_due_at"), ["test_clock_id", "due_at"], unique=False)

    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cash_reconciliation_mode", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("default_source_id", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("tax_id_values", JSONDoc(), nullable=True))
        batch_op.add_column(sa.Column("tax_ip_address", sa.String(length=255), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.drop_column("tax_ip_address")
        batch_op.drop_column("tax_id_values")
        batch_op.drop_column("default_source_id")
        batch_op.drop_column("cash_reconciliation_mode")

    with op.batch_alter_table("tax_ids", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tax_ids_test_clock_id_due_at"))
        batch_op.drop_index(batch_op.f("ix_tax_ids_account_id_customer_id_created_seq"))

    op.drop_table("tax_ids")
