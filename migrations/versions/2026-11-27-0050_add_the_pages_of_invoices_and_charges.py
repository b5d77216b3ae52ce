"""Add the pages of invoices and charges

Revision: 0037d190aa4f, after c812b3222dd7. Written 2026-11-27.
"""

import os
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0037d190aa4f"
down_revision = "c812b3222dd7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("charges", sa.Column("receipt_url", sa.Text(), nullable=True))
    op.add_column("invoices", sa.Column("hosted_invoice_url", sa.Text(), nullable=True))
    # What was finalised and paid before has its page too.
    _give_pages("invoices", "hosted_invoice_url", "i", "finalized_at IS NOT NULL")
    _give_pages("charges", "receipt_url", "receipts", "status = 'succeeded'")


def _give_pages(table: str, column: str, kind: str, condition: str) -> None:
    connection = op.get_bind()
    base_url = (os.environ.get("BILLYARD_BASE_URL") or "http://127.0.0.1:12111").rstrip("/")
    found = connection.execute(sa.text(f"SELECT account_id, id FROM {table} WHERE {condition}")).all()  # noqa: S608
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    pages = [{"account_id": account_id, "id": id,
              "url": f"{base_url}/{kind}/{account_id}/test_{id.partition('_')[2]}"
                     + "".join(secrets.choice(letters) for _ in range(24))}
             for account_id, id in found]
    if pages:
        connection.execute(
            sa.text(f"UPDATE {table} SET {column} = :url WHERE account_id = :account_id AND id = :id"), pages)  # noqa: S608


def downgrade() -> None:
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.drop_column("hosted_invoice_url")
    with op.batch_alter_table("charges", schema=None) as batch_op:
        batch_op.drop_column("receipt_url")
