"""Ask customers where refunds are to go

Revision: 5be4d5feb164, after cdc60a6725a1. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "5be4d5feb164"
down_revision = "cdc60a6725a1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("customer_id", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("next_action", JSONDoc(), nullable=True))
        batch_op.alter_column("charge_id", existing_type=sa.String(length=255), nullable=True)
        batch_op.create_foreign_key(batch_op.f("fk_refunds_account_id_customer_id"), "customers", ["account_id", "customer_id"], ["account_id", "id"], initially="DEFERRED", deferrable=True)


def downgrade() -> None:
    # What went back of cash has no place any more; that it is gone stays on record.
    op.execute("UPDATE cash_movements SET refund_id = NULL WHERE refund_id IN (SELECT id FROM refunds WHERE charge_id IS NULL)")
    op.execute("DELETE FROM refunds WHERE charge_id IS NULL")
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_refunds_account_id_customer_id"), type_="foreignkey")
        batch_op.alter_column("charge_id", existing_type=sa.String(length=255), nullable=False)
        batch_op.drop_column("next_action")
        batch_op.drop_column("customer_id")
