"""Let subscriptions pause collection and invoice pending items

Revision: 139ba2dabdaf, after 20261127_balances. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "139ba2dabdaf"
down_revision = "20261127_balances"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pause_behavior", sa.String(length=255), nullable=True))

    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("default_source_id", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("next_pending_invoice_item_invoice", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("pause_collection", JSONDoc(), nullable=True))
        batch_op.add_column(sa.Column("payment_settings", JSONDoc(), nullable=True))
        batch_op.add_column(sa.Column("pending_invoice_item_interval", JSONDoc(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.drop_column("pending_invoice_item_interval")
        batch_op.drop_column("payment_settings")
        batch_op.drop_column("pause_collection")
        batch_op.drop_column("next_pending_invoice_item_invoice")
        batch_op.drop_column("default_source_id")

    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.drop_column("pause_behavior")
