"""Let intents be paid in parts

Revision: b775fa1142ce, after 936761c79089. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

revision = "b775fa1142ce"
down_revision = "936761c79089"
branch_labels = None
depends_on = None

APPLIED = """
UPDATE payment_intents SET cash_applied = (
    SELECT -sum(m.amount) FROM cash_movements m
    WHERE m.account_id = payment_intents.account_id AND m.payment_intent_id = payment_intents.id)
WHERE EXISTS (
    SELECT 1 FROM cash_movements m
    WHERE m.account_id = payment_intents.account_id AND m.payment_intent_id = payment_intents.id)
"""
# What customers have sent and not paid with has come from banks, and is with nobody's account.
HELD = """
INSERT INTO funds (account_id, id, seq, amount, holder, currency, source_type, available_on, due_at, test_clock_id)
SELECT account_id, '{holder}/' || currency || '//0/' || coalesce(test_clock_id, ''), 0, {sign}sum(amount), '{holder}', currency,
       '', 0, NULL, test_clock_id
FROM cash_movements WHERE true GROUP BY account_id, currency, test_clock_id HAVING sum(amount) <> 0
ON CONFLICT (account_id, id) DO UPDATE SET amount = funds.amount + excluded.amount
"""


def upgrade() -> None:
    with op.batch_alter_table("cash_movements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("refund_id", sa.String(length=255), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_cash_movements_account_id_refund_id"), "refunds", ["account_id", "refund_id"], ["account_id", "id"], initially="DEFERRED", deferrable=True)

    with op.batch_alter_table("payment_intents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cash_applied", sa.BigInteger(), nullable=True))

    op.execute(APPLIED)
    _hold({"customer_cash": "", "banks": "-"})


def downgrade() -> None:
    _hold({"customer_cash": "-", "banks": ""})
    with op.batch_alter_table("payment_intents", schema=None) as batch_op:
        batch_op.drop_column("cash_applied")

    with op.batch_alter_table("cash_movements", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_cash_movements_account_id_refund_id"), type_="foreignkey")
        batch_op.drop_column("refund_id")


def _hold(signs: dict[str, str]) -> None:
    for holder, sign in signs.items():
        op.execute(HELD.format(holder=holder, sign=sign))
