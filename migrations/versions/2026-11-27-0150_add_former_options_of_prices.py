"""Add former options of prices

Revision: 20261127_former, after c5a710e93f4e. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "20261127_former"
down_revision = "c5a710e93f4e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("prices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("former_options", JSONDoc(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("prices", schema=None) as batch_op:
        batch_op.drop_column("former_options")
