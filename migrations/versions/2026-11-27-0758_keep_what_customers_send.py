"""Keep what customers send

Revision: 7f30d1bfaec1, after 25931154b097. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "7f30d1bfaec1"
down_revision = "26ef321a4e51"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("cash_movements",
    sa.Column("account_id", sa.String(length=255), nullable=False),
    sa.Column("id", sa.String(length=255), nullable=False),
    sa.Column("seq", sa.BigInteger(), nullable=False),
    sa.Column("created", sa.BigInteger(), nullable=False),
    sa.Column("amount", sa.BigInteger(), nullable=False),
    sa.Column("currency", sa.String(length=255), nullable=False),
    sa.Column("customer_id", sa.String(length=255), nullable=False),
    sa.Column("payment_intent_id", sa.String(length=255), nullable=True),
    sa.Column("reference", sa.Text(), nullable=True),
    sa.Column("test_clock_id", sa.String(length=255), nullable=True),
    sa.ForeignKeyConstraint(["account_id", "customer_id"], ["customers.account_id", "customers.id"], name=op.f("fk_cash_movements_account_id_customer_id"), initially="DEFERRED", deferrable=True),
    sa.ForeignKeyConstraint(["account_id", "payment_intent_id"], ["payment_intents.account_id", "payment_intents.id"], name=op.f("fk_cash_movements_account_id_payment_intent_id"), initially="DEFERRED", deferrable=True),
    sa.ForeignKeyConstraint(["account_id", "test_clock_id"], ["test_clocks.account_id", "test_clocks.id"], name=op.f("fk_cash_movements_account_id_test_clock_id"), initially="DEFERRED", deferrable=True),
    sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_cash_movements"))
    )
    with op.batch_alter_table("cash_movements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cash_movements_account_id_customer_id_created_seq"), ["account_id", "customer_id", "created", "seq"], unique=False)

    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cash", JSONDoc(), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.drop_column("cash")

    with op.batch_alter_table("cash_movements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cash_movements_account_id_customer_id_created_seq"))

    op.drop_table("cash_movements")
