"""Add early fraud warnings

Revision: 874da1a9b224, after 60c8ae1c1ee0. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

revision = "874da1a9b224"
down_revision = "60c8ae1c1ee0"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('early_fraud_warnings',
    sa.Column('account_id', sa.String(length=255), nullable=False),
    sa.Column('id', sa.String(length=255), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('created', sa.BigInteger(), nullable=False),
    sa.Column('actionable', sa.Boolean(), nullable=False),
    sa.Column('charge_id', sa.String(length=255), nullable=False),
    sa.Column('fraud_type', sa.String(length=255), nullable=False),
    sa.Column('payment_intent_id', sa.String(length=255), nullable=True),
    sa.Column('test_clock_id', sa.String(length=255), nullable=True),
    sa.ForeignKeyConstraint(['account_id', 'charge_id'], ['charges.account_id', 'charges.id'], name=op.f('fk_early_fraud_warnings_account_id_charge_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'payment_intent_id'], ['payment_intents.account_id', 'payment_intents.id'], name=op.f('fk_early_fraud_warnings_account_id_payment_intent_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'test_clock_id'], ['test_clocks.account_id', 'test_clocks.id'], name=op.f('fk_early_fraud_warnings_account_id_test_clock_id'), initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('account_id', 'id', name=op.f('pk_early_fraud_warnings'))
    )
    with op.batch_alter_table('early_fraud_warnings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_early_fraud_warnings_account_id_charge_id_created_seq'), ['account_id', 'charge_id', 'created', 'seq'], unique=False)
        batch_op.create_index(batch_op.f('ix_early_fraud_warnings_account_id_payment_intent_id_created_seq'), ['account_id', 'payment_intent_id', 'created', 'seq'], unique=False)
        batch_op.create_index(batch_op.f('ix_early_fraud_warnings_account_id_test_clock_id_created_seq'), ['account_id', 'test_clock_id', 'created', 'seq'], unique=False)

    op.create_table('issuer_reports',
    sa.Column('account_id', sa.String(length=255), nullable=False),
    sa.Column('id', sa.String(length=255), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('created', sa.BigInteger(), nullable=False),
    sa.Column('behavior', sa.String(length=255), nullable=False),
    sa.Column('charge_id', sa.String(length=255), nullable=False),
    sa.Column('customer_id', sa.String(length=255), nullable=True),
    sa.Column('reports_at', sa.BigInteger(), nullable=True),
    sa.Column('due_at', sa.BigInteger(), nullable=True),
    sa.Column('test_clock_id', sa.String(length=255), nullable=True),
    sa.ForeignKeyConstraint(['account_id', 'charge_id'], ['charges.account_id', 'charges.id'], name=op.f('fk_issuer_reports_account_id_charge_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'customer_id'], ['customers.account_id', 'customers.id'], name=op.f('fk_issuer_reports_account_id_customer_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'test_clock_id'], ['test_clocks.account_id', 'test_clocks.id'], name=op.f('fk_issuer_reports_account_id_test_clock_id'), initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('account_id', 'id', name=op.f('pk_issuer_reports'))
    )
    with op.batch_alter_table('issuer_reports', schema=None) as batch_op:
        batch_op.create_index('ix_issuer_reports_due', ['test_clock_id', 'due_at'], unique=False, sqlite_where=sa.text('due_at IS NOT NULL'), postgresql_where=sa.text('due_at IS NOT NULL'))


def downgrade() -> None:
    with op.batch_alter_table('issuer_reports', schema=None) as batch_op:
        batch_op.drop_index('ix_issuer_reports_due', sqlite_where=sa.text('due_at IS NOT NULL'), postgresql_where=sa.text('due_at IS NOT NULL'))

    op.drop_table('issuer_reports')
    with op.batch_alter_table('early_fraud_warnings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_early_fraud_warnings_account_id_test_clock_id_created_seq'))
        batch_op.drop_index(batch_op.f('ix_early_fraud_warnings_account_id_payment_intent_id_created_seq'))
        batch_op.drop_index(batch_op.f('ix_early_fraud_warnings_account_id_charge_id_created_seq'))

    op.drop_table('early_fraud_warnings')
