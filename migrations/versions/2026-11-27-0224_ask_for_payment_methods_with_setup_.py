"""Ask for payment methods with setup intents

Revision: c8cc28bf2c11, after 93a22244b085. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

revision = "c8cc28bf2c11"
down_revision = "93a22244b085"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("setup_intents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subscription_id", sa.String(length=255), nullable=True))

    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pending_setup_intent_id", sa.String(length=255), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.drop_column("pending_setup_intent_id")

    with op.batch_alter_table("setup_intents", schema=None) as batch_op:
        batch_op.drop_column("subscription_id")

