"""Let updates wait for their payment

Revision: bf52092ef4cb, after 0037d190aa4f. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "bf52092ef4cb"
down_revision = "0037d190aa4f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parked_change", JSONDoc(), nullable=True))
        batch_op.add_column(sa.Column("pending_update", JSONDoc(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.drop_column("pending_update")
        batch_op.drop_column("parked_change")
