"""Keep the funds of accounts

Revision: 7ee773514bce, after 20261127_tax_ids. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "7ee773514bce"
down_revision = "20261127_tax_ids"
branch_labels = None
depends_on = None

# What the accounts and the world outside have from the balance transactions that there are. Of a clock, its time decides
# what is available by now; otherwise it is the wall clock's.
FUNDS = """
INSERT INTO funds (account_id, id, seq, amount, holder, currency, source_type, available_on, due_at, test_clock_id)
SELECT account_id, holder || '/' || currency || '/' || source_type || '/' || available_on || '/' || coalesce(test_clock_id, ''),
       0, amount, holder, currency, source_type, available_on, CASE WHEN available_on = 0 THEN NULL ELSE available_on END,
       test_clock_id
FROM (
    SELECT account_id, holder, currency, source_type, available_on, test_clock_id, sum(amount) AS amount
    FROM (
        SELECT t.account_id, '' AS holder, t.currency, t.source_type, t.test_clock_id, t.net AS amount,
               CASE WHEN t.available_on > coalesce(c.frozen_time, {now}) THEN t.available_on ELSE 0 END AS available_on
        FROM balance_transactions t
        LEFT JOIN test_clocks c ON c.account_id = t.account_id AND c.id = t.test_clock_id
        UNION ALL
        SELECT account_id, 'card_networks', currency, '', test_clock_id, -amount, 0 FROM balance_transactions
        UNION ALL
        SELECT account_id, 'stripe', currency, '', test_clock_id, fee, 0 FROM balance_transactions
    ) AS movements
    GROUP BY account_id, holder, currency, source_type, available_on, test_clock_id
) AS totals
"""
NOW = {"sqlite": "CAST(strftime('%s', 'now') AS INTEGER)", "postgresql": "CAST(extract(epoch FROM now()) AS BIGINT)"}


def upgrade() -> None:
    op.create_table(
        "funds",
        sa.Column("account_id", sa.String(length=255), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(length=255), nullable=False),
        sa.Column("currency", sa.String(length=255), nullable=False),
        sa.Column("source_type", sa.String(length=255), nullable=False),
        sa.Column("available_on", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("test_clock_id", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "test_clock_id"], ["test_clocks.account_id", "test_clocks.id"],
            name=op.f("fk_funds_account_id_test_clock_id"), initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_funds")),
    )
    with op.batch_alter_table("funds", schema=None) as batch_op:
        batch_op.create_index(
            "ix_funds_due", ["test_clock_id", "due_at"], unique=False, sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"))
    with op.batch_alter_table("balance_transactions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fee_details", JSONDoc(), nullable=True))
        batch_op.add_column(sa.Column("source_type", sa.String(length=255), nullable=False, server_default="card"))
    op.execute(FUNDS.format(now=NOW[op.get_bind().dialect.name]))


def downgrade() -> None:
    with op.batch_alter_table("balance_transactions", schema=None) as batch_op:
        batch_op.drop_column("source_type")
        batch_op.drop_column("fee_details")
    op.drop_table("funds")
