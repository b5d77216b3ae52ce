"""Add what payments by themselves need

Revision: 60c8ae1c1ee0, after 430771e0796b. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "60c8ae1c1ee0"
down_revision = "430771e0796b"
branch_labels = None
depends_on = None

_DUE = {"sqlite_where": sa.text("due_at IS NOT NULL"), "postgresql_where": sa.text("due_at IS NOT NULL")}
_GROUPED = {"sqlite_where": sa.text("transfer_group IS NOT NULL"), "postgresql_where": sa.text("transfer_group IS NOT NULL")}


def upgrade() -> None:
    with op.batch_alter_table("charges", schema=None) as batch_op:
        batch_op.add_column(sa.Column("capture_before", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("radar_options", JSONDoc(), nullable=True))
        batch_op.add_column(sa.Column("user_report", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("due_at", sa.BigInteger(), nullable=True))
        batch_op.create_index("ix_charges_transfer_group", ["account_id", "transfer_group", "created", "seq"], **_GROUPED)
        batch_op.create_index("ix_charges_due", ["test_clock_id", "due_at"], **_DUE)
    with op.batch_alter_table("payment_intents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("authenticated_method_id", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("automatic_payment_methods", JSONDoc(), nullable=True))
        batch_op.add_column(sa.Column("payment_method_options", JSONDoc(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("radar_options", JSONDoc(), nullable=True))
        batch_op.add_column(sa.Column("return_url", sa.Text(), nullable=True))
    with op.batch_alter_table("payment_methods", schema=None) as batch_op:
        batch_op.add_column(sa.Column("set_up", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("used", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("payment_methods", schema=None) as batch_op:
        batch_op.drop_column("used")
        batch_op.drop_column("set_up")
    with op.batch_alter_table("payment_intents", schema=None) as batch_op:
        for column in ("return_url", "radar_options", "payment_method_options", "automatic_payment_methods",
                       "authenticated_method_id"):
            batch_op.drop_column(column)
    with op.batch_alter_table("charges", schema=None) as batch_op:
        batch_op.drop_index("ix_charges_due", **_DUE)
        batch_op.drop_index("ix_charges_transfer_group", **_GROUPED)
        for column in ("due_at", "user_report", "radar_options", "capture_before"):
            batch_op.drop_column(column)
