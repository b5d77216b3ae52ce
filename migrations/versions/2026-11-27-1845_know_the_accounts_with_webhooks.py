"""Know the accounts with webhooks

Revision: 7c1de02f94ab, after 5be4d5feb164. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

revision = "7c1de02f94ab"
down_revision = "5be4d5feb164"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("has_webhooks", sa.Boolean(), nullable=True))
    op.execute("UPDATE accounts SET has_webhooks = true WHERE id IN (SELECT account_id FROM webhook_endpoints)")


def downgrade() -> None:
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_column("has_webhooks")
