"""Bill usage before its period ends

Revision: 31bc645f1f4f, after 20261127_credit_notes. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "31bc645f1f4f"
down_revision = "20261127_credit_notes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("threshold_reason", JSONDoc(), nullable=True))

    with op.batch_alter_table("usage_record_summaries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("billed_amount", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("billed_quantity", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("billed_until", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("usage_record_summaries", schema=None) as batch_op:
        batch_op.drop_column("billed_until")
        batch_op.drop_column("billed_quantity")
        batch_op.drop_column("billed_amount")

    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.drop_column("threshold_reason")
