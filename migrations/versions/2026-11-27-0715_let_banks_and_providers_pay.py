"""Let banks and providers pay besides cards

Revision: c88c01e2c704, after ffe572b36d24. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "c88c01e2c704"
down_revision = "af60be9ff9b8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("charges", schema=None) as batch_op:
        batch_op.add_column(sa.Column("failure_balance_transaction_id", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("settles_at", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.add_column(sa.Column("payment_method_details", JSONDoc(), nullable=True))
        batch_op.create_index(batch_op.f("ix_mandates_account_id_payment_method_id_created_seq"), ["account_id", "payment_method_id", "created", "seq"], unique=False)



def downgrade() -> None:
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mandates_account_id_payment_method_id_created_seq"))
        batch_op.drop_column("payment_method_details")

    with op.batch_alter_table("charges", schema=None) as batch_op:
        batch_op.drop_column("settles_at")
        batch_op.drop_column("failure_balance_transaction_id")

