"""Keep the addresses of credit notes' files

Revision: 5a1c0f27d9e4, after 20261127_promotion_codes. Written 2026-11-27.
"""

import os
import secrets

import sqlalchemy as sa
from alembic import op

revision = "5a1c0f27d9e4"
down_revision = "20261127_promotion_codes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("credit_notes", sa.Column("pdf", sa.Text(), nullable=True))
    connection = op.get_bind()
    base_url = (os.environ.get("BILLYARD_BASE_URL") or "http://127.0.0.1:12111").rstrip("/")
    for account_id, id in connection.execute(sa.text("SELECT account_id, id FROM credit_notes")).all():
        url = f"{base_url}/credit_notes/{account_id}/test_{id.partition('_')[2]}{secrets.token_hex(12)}/pdf"
        connection.execute(sa.text("UPDATE credit_notes SET pdf = :url WHERE account_id = :account_id AND id = :id"),
                           {"url": url, "account_id": account_id, "id": id})
    with op.batch_alter_table("credit_notes", schema=None) as batch_op:
        batch_op.alter_column("pdf", existing_type=sa.Text(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("credit_notes", schema=None) as batch_op:
        batch_op.drop_column("pdf")
