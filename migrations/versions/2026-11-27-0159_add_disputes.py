"""Add disputes

Revision: 352aa39381c9, after c3e949329f28. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "352aa39381c9"
down_revision = "c3e949329f28"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('disputes',
    sa.Column('account_id', sa.String(length=255), nullable=False),
    sa.Column('id', sa.String(length=255), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('created', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('balance_transaction_id', sa.String(length=255), nullable=True),
    sa.Column('charge_id', sa.String(length=255), nullable=False),
    sa.Column('currency', sa.String(length=255), nullable=False),
    sa.Column('customer_id', sa.String(length=255), nullable=True),
    sa.Column('decides_at', sa.BigInteger(), nullable=True),
    sa.Column('due_by', sa.BigInteger(), nullable=False),
    sa.Column('evidence', JSONDoc(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=True),
    sa.Column('is_charge_refundable', sa.Boolean(), nullable=False),
    sa.Column('past_due', sa.Boolean(), nullable=False),
    sa.Column('payment_intent_id', sa.String(length=255), nullable=True),
    sa.Column('payment_method_details', JSONDoc(), nullable=False),
    sa.Column('reason', sa.String(length=255), nullable=False),
    sa.Column('status', sa.String(length=255), nullable=False),
    sa.Column('submission_count', sa.Integer(), nullable=False),
    sa.Column('metadata', JSONDoc(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=True),
    sa.Column('test_clock_id', sa.String(length=255), nullable=True),
    sa.ForeignKeyConstraint(['account_id', 'balance_transaction_id'], ['balance_transactions.account_id', 'balance_transactions.id'], name=op.f('fk_disputes_account_id_balance_transaction_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'charge_id'], ['charges.account_id', 'charges.id'], name=op.f('fk_disputes_account_id_charge_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'customer_id'], ['customers.account_id', 'customers.id'], name=op.f('fk_disputes_account_id_customer_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'payment_intent_id'], ['payment_intents.account_id', 'payment_intents.id'], name=op.f('fk_disputes_account_id_payment_intent_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'test_clock_id'], ['test_clocks.account_id', 'test_clocks.id'], name=op.f('fk_disputes_account_id_test_clock_id'), initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('account_id', 'id', name=op.f('pk_disputes'))
    )
    with op.batch_alter_table('disputes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_disputes_account_id_charge_id_created_seq'), ['account_id', 'charge_id', 'created', 'seq'], unique=False)
        batch_op.create_index(batch_op.f('ix_disputes_account_id_payment_intent_id_created_seq'), ['account_id', 'payment_intent_id', 'created', 'seq'], unique=False)
        batch_op.create_index(batch_op.f('ix_disputes_account_id_test_clock_id_created_seq'), ['account_id', 'test_clock_id', 'created', 'seq'], unique=False)
        batch_op.create_index('ix_disputes_due', ['test_clock_id', 'due_at'], unique=False, sqlite_where=sa.text('due_at IS NOT NULL'), postgresql_where=sa.text('due_at IS NOT NULL'))

    with op.batch_alter_table('charges', schema=None) as batch_op:
        batch_op.add_column(sa.Column('dispute_id', sa.String(length=255), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('charges', schema=None) as batch_op:
        batch_op.drop_column('dispute_id')

    with op.batch_alter_table('disputes', schema=None) as batch_op:
        batch_op.drop_index('ix_disputes_due', sqlite_where=sa.text('due_at IS NOT NULL'), postgresql_where=sa.text('due_at IS NOT NULL'))
        batch_op.drop_index(batch_op.f('ix_disputes_account_id_test_clock_id_created_seq'))
        batch_op.drop_index(batch_op.f('ix_disputes_account_id_payment_intent_id_created_seq'))
        batch_op.drop_index(batch_op.f('ix_disputes_account_id_charge_id_created_seq'))

    op.drop_table('disputes')
