"""Tell of sources that expire

Revision: 5c1f0e7a9b32, after 26ef321a4e51. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

revision = "5c1f0e7a9b32"
down_revision = "7f30d1bfaec1"
branch_labels = None
depends_on = None

_DUE = {"sqlite_where": sa.text("due_at IS NOT NULL"), "postgresql_where": sa.text("due_at IS NOT NULL")}


def upgrade() -> None:
    with op.batch_alter_table("payment_methods", schema=None) as batch_op:
        batch_op.add_column(sa.Column("expiring_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("due_at", sa.BigInteger(), nullable=True))
        batch_op.create_index("ix_payment_methods_due", ["test_clock_id", "due_at"], unique=False, **_DUE)


def downgrade() -> None:
    with op.batch_alter_table("payment_methods", schema=None) as batch_op:
        batch_op.drop_index("ix_payment_methods_due", **_DUE)
        batch_op.drop_column("due_at")
        batch_op.drop_column("expiring_at")
