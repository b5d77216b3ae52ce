"""Add credit notes

Revision: 20261127_credit_notes, after 139ba2dabdaf. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "20261127_credit_notes"
down_revision = "139ba2dabdaf"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credit_notes",
        sa.Column("account_id", sa.String(length=255), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("credit_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=255), nullable=False),
        sa.Column("customer_balance_transaction_id", sa.String(length=255), nullable=True),
        sa.Column("customer_id", sa.String(length=255), nullable=False),
        sa.Column("discount_amount", sa.BigInteger(), nullable=False),
        sa.Column("discount_amounts", JSONDoc(), nullable=False),
        sa.Column("invoice_id", sa.String(length=255), nullable=False),
        sa.Column("memo", sa.Text(), nullable=True),
        sa.Column("number", sa.String(length=255), nullable=False),
        sa.Column("out_of_band_amount", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=True),
        sa.Column("refund_id", sa.String(length=255), nullable=True),
        sa.Column("status", sa.String(length=255), nullable=False),
        sa.Column("subtotal", sa.BigInteger(), nullable=False),
        sa.Column("subtotal_excluding_tax", sa.BigInteger(), nullable=False),
        sa.Column("tax_amounts", JSONDoc(), nullable=False),
        sa.Column("total_excluding_tax", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=255), nullable=False),
        sa.Column("voided_at", sa.BigInteger(), nullable=True),
        sa.Column("metadata", JSONDoc(), nullable=False),
        sa.Column("test_clock_id", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "customer_balance_transaction_id"],
            ["customer_balance_transactions.account_id", "customer_balance_transactions.id"],
            name=op.f("fk_credit_notes_account_id_customer_balance_transaction_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "customer_id"],
            ["customers.account_id", "customers.id"],
            name=op.f("fk_credit_notes_account_id_customer_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "invoice_id"],
            ["invoices.account_id", "invoices.id"],
            name=op.f("fk_credit_notes_account_id_invoice_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "refund_id"],
            ["refunds.account_id", "refunds.id"],
            name=op.f("fk_credit_notes_account_id_refund_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "test_clock_id"],
            ["test_clocks.account_id", "test_clocks.id"],
            name=op.f("fk_credit_notes_account_id_test_clock_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_credit_notes")),
    )
    with op.batch_alter_table("credit_notes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_credit_notes_account_id_customer_id_created_seq"),
            ["account_id", "customer_id", "created", "seq"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_credit_notes_account_id_invoice_id_created_seq"),
            ["account_id", "invoice_id", "created", "seq"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_credit_notes_account_id_test_clock_id_created_seq"),
            ["account_id", "test_clock_id", "created", "seq"],
            unique=False,
        )

    op.create_table(
        "credit_note_lines",
        sa.Column("account_id", sa.String(length=255), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("amount_excluding_tax", sa.BigInteger(), nullable=False),
        sa.Column("credit_note_id", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("discount_amounts", JSONDoc(), nullable=False),
        sa.Column("invoice_line_id", sa.String(length=255), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("tax_amounts", JSONDoc(), nullable=False),
        sa.Column("tax_rates", JSONDoc(), nullable=False),
        sa.Column("type", sa.String(length=255), nullable=False),
        sa.Column("unit_amount", sa.BigInteger(), nullable=True),
        sa.Column("unit_amount_decimal", sa.String(length=40), nullable=True),
        sa.Column("unit_amount_excluding_tax", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "credit_note_id"],
            ["credit_notes.account_id", "credit_notes.id"],
            name=op.f("fk_credit_note_lines_account_id_credit_note_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "invoice_line_id"],
            ["invoice_lines.account_id", "invoice_lines.id"],
            name=op.f("fk_credit_note_lines_account_id_invoice_line_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_credit_note_lines")),
    )
    with op.batch_alter_table("credit_note_lines", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_credit_note_lines_account_id_credit_note_id_position"),
            ["account_id", "credit_note_id", "position"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("credit_note_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_credit_note_lines_account_id_credit_note_id_position"))

    op.drop_table("credit_note_lines")
    with op.batch_alter_table("credit_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_credit_notes_account_id_test_clock_id_created_seq"))
        batch_op.drop_index(batch_op.f("ix_credit_notes_account_id_invoice_id_created_seq"))
        batch_op.drop_index(batch_op.f("ix_credit_notes_account_id_customer_id_created_seq"))

    op.drop_table("credit_notes")
