"""Add what invoices share with other accounts

Revision: 20261127_sharing, after 20261127_quotes. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "20261127_sharing"
down_revision = "20261127_quotes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("account_tax_ids", JSONDoc(), nullable=True))
        batch_op.add_column(sa.Column("application_fee_percent", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("default_source_id", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("on_behalf_of_id", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("transfer_amount", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("transfer_destination_id", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("transfer_percent", sa.String(length=40), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.drop_column("transfer_percent")
        batch_op.drop_column("transfer_destination_id")
        batch_op.drop_column("transfer_amount")
        batch_op.drop_column("on_behalf_of_id")
        batch_op.drop_column("default_source_id")
        batch_op.drop_column("application_fee_percent")
        batch_op.drop_column("account_tax_ids")
