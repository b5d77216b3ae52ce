"""Keep why an invoice could not be finalised

Revision: c3e949329f28, after 20261127_former. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "c3e949329f28"
down_revision = "20261127_former"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_finalization_error", JSONDoc(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.drop_column("last_finalization_error")
