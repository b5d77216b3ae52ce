"""Add promotion codes and customers' discounts

Revision: 20261127_promotion_codes, after 81a2b96d3a36. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "20261127_promotion_codes"
down_revision = "81a2b96d3a36"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "promotion_codes",
        sa.Column("account_id", sa.String(length=255), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(length=500), nullable=False),
        sa.Column("code_key", sa.String(length=500), nullable=False),
        sa.Column("coupon_id", sa.String(length=255), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("first_time_transaction", sa.Boolean(), nullable=False),
        sa.Column("for_customer_id", sa.String(length=255), nullable=True),
        sa.Column("max_redemptions", sa.BigInteger(), nullable=True),
        sa.Column("minimum_amount", sa.BigInteger(), nullable=True),
        sa.Column("minimum_amount_currency", sa.String(length=255), nullable=True),
        sa.Column("minimum_amounts", JSONDoc(), nullable=True),
        sa.Column("times_redeemed", sa.BigInteger(), nullable=False),
        sa.Column("metadata", JSONDoc(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("test_clock_id", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "coupon_id"],
            ["coupons.account_id", "coupons.id"],
            name=op.f("fk_promotion_codes_account_id_coupon_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "for_customer_id"],
            ["customers.account_id", "customers.id"],
            name=op.f("fk_promotion_codes_account_id_for_customer_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "test_clock_id"],
            ["test_clocks.account_id", "test_clocks.id"],
            name=op.f("fk_promotion_codes_account_id_test_clock_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_promotion_codes")),
    )
    with op.batch_alter_table("promotion_codes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_promotion_codes_account_id_code_key_created_seq"),
            ["account_id", "code_key", "created", "seq"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_promotion_codes_account_id_coupon_id_created_seq"),
            ["account_id", "coupon_id", "created", "seq"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_promotion_codes_account_id_for_customer_id_created_seq"),
            ["account_id", "for_customer_id", "created", "seq"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_promotion_codes_account_id_test_clock_id_created_seq"),
            ["account_id", "test_clock_id", "created", "seq"],
            unique=False,
        )
        batch_op.create_index(
            "ix_promotion_codes_active_code",
            ["account_id", "code_key"],
            unique=True,
            sqlite_where=sa.text("active"),
            postgresql_where=sa.text("active"),
        )
        batch_op.create_index(
            batch_op.f("ix_promotion_codes_test_clock_id_due_at"), ["test_clock_id", "due_at"], unique=False
        )

    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("discount_id", sa.String(length=255), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.drop_column("discount_id")

    with op.batch_alter_table("promotion_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promotion_codes_test_clock_id_due_at"))
        batch_op.drop_index(
            "ix_promotion_codes_active_code", sqlite_where=sa.text("active"), postgresql_where=sa.text("active")
        )
        batch_op.drop_index(batch_op.f("ix_promotion_codes_account_id_test_clock_id_created_seq"))
        batch_op.drop_index(batch_op.f("ix_promotion_codes_account_id_for_customer_id_created_seq"))
        batch_op.drop_index(batch_op.f("ix_promotion_codes_account_id_coupon_id_created_seq"))
        batch_op.drop_index(batch_op.f("ix_promotion_codes_account_id_code_key_created_seq"))

    op.drop_table("promotion_codes")
