"""Add transfers and application fees

Revision: ce8590841fd6, after b1c4010c944a. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "ce8590841fd6"
down_revision = "8a30bf4f30ba"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('application_fees',
    sa.Column('account_id', sa.String(length=255), nullable=False),
    sa.Column('id', sa.String(length=255), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('created', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('amount_refunded', sa.BigInteger(), nullable=False),
    sa.Column('balance_transaction_id', sa.String(length=255), nullable=False),
    sa.Column('charge_id', sa.String(length=255), nullable=False),
    sa.Column('charged_account_id', sa.String(length=255), nullable=False),
    sa.Column('currency', sa.String(length=255), nullable=False),
    sa.Column('originating_transaction_id', sa.String(length=255), nullable=True),
    sa.Column('test_clock_id', sa.String(length=255), nullable=True),
    sa.ForeignKeyConstraint(['account_id', 'balance_transaction_id'], ['balance_transactions.account_id', 'balance_transactions.id'], name=op.f('fk_application_fees_account_id_balance_transaction_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'originating_transaction_id'], ['charges.account_id', 'charges.id'], name=op.f('fk_application_fees_account_id_originating_transaction_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'test_clock_id'], ['test_clocks.account_id', 'test_clocks.id'], name=op.f('fk_application_fees_account_id_test_clock_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['charged_account_id'], ['accounts.id'], name=op.f('fk_application_fees_charged_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'id', name=op.f('pk_application_fees'))
    )
    with op.batch_alter_table('application_fees', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_fees_account_id_charge_id_created_seq'), ['account_id', 'charge_id', 'created', 'seq'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_fees_account_id_test_clock_id_created_seq'), ['account_id', 'test_clock_id', 'created', 'seq'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_fees_charged_account_id'), ['charged_account_id'], unique=False)
        batch_op.create_index('ix_application_fees_originating_transaction', ['account_id', 'originating_transaction_id', 'created', 'seq'], unique=False)

    op.create_table('transfers',
    sa.Column('account_id', sa.String(length=255), nullable=False),
    sa.Column('id', sa.String(length=255), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('created', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('amount_reversed', sa.BigInteger(), nullable=False),
    sa.Column('balance_transaction_id', sa.String(length=255), nullable=False),
    sa.Column('currency', sa.String(length=255), nullable=False),
    sa.Column('description', sa.String(length=5000), nullable=True),
    sa.Column('destination_id', sa.String(length=255), nullable=False),
    sa.Column('destination_payment_id', sa.String(length=255), nullable=False),
    sa.Column('source_transaction_id', sa.String(length=255), nullable=True),
    sa.Column('source_type', sa.String(length=255), nullable=False),
    sa.Column('transfer_group', sa.String(length=255), nullable=True),
    sa.Column('metadata', JSONDoc(), nullable=False),
    sa.Column('test_clock_id', sa.String(length=255), nullable=True),
    sa.ForeignKeyConstraint(['account_id', 'balance_transaction_id'], ['balance_transactions.account_id', 'balance_transactions.id'], name=op.f('fk_transfers_account_id_balance_transaction_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'source_transaction_id'], ['charges.account_id', 'charges.id'], name=op.f('fk_transfers_account_id_source_transaction_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'test_clock_id'], ['test_clocks.account_id', 'test_clocks.id'], name=op.f('fk_transfers_account_id_test_clock_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['destination_id', 'destination_payment_id'], ['charges.account_id', 'charges.id'], name='fk_destination_payment_id', initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['destination_id'], ['accounts.id'], name=op.f('fk_transfers_destination_id')),
    sa.PrimaryKeyConstraint('account_id', 'id', name=op.f('pk_transfers'))
    )
    with op.batch_alter_table('transfers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_transfers_account_id_destination_id_created_seq'), ['account_id', 'destination_id', 'created', 'seq'], unique=False)
        batch_op.create_index(batch_op.f('ix_transfers_account_id_source_transaction_id_created_seq'), ['account_id', 'source_transaction_id', 'created', 'seq'], unique=False)
        batch_op.create_index(batch_op.f('ix_transfers_account_id_test_clock_id_created_seq'), ['account_id', 'test_clock_id', 'created', 'seq'], unique=False)
        batch_op.create_index(batch_op.f('ix_transfers_account_id_transfer_group_created_seq'), ['account_id', 'transfer_group', 'created', 'seq'], unique=False)

    op.create_table('application_fee_refunds',
    sa.Column('account_id', sa.String(length=255), nullable=False),
    sa.Column('id', sa.String(length=255), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('created', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('balance_transaction_id', sa.String(length=255), nullable=False),
    sa.Column('currency', sa.String(length=255), nullable=False),
    sa.Column('fee_id', sa.String(length=255), nullable=False),
    sa.Column('metadata', JSONDoc(), nullable=False),
    sa.Column('test_clock_id', sa.String(length=255), nullable=True),
    sa.ForeignKeyConstraint(['account_id', 'balance_transaction_id'], ['balance_transactions.account_id', 'balance_transactions.id'], name=op.f('fk_application_fee_refunds_account_id_balance_transaction_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'fee_id'], ['application_fees.account_id', 'application_fees.id'], name=op.f('fk_application_fee_refunds_account_id_fee_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'test_clock_id'], ['test_clocks.account_id', 'test_clocks.id'], name=op.f('fk_application_fee_refunds_account_id_test_clock_id'), initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('account_id', 'id', name=op.f('pk_application_fee_refunds'))
    )
    with op.batch_alter_table('application_fee_refunds', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_fee_refunds_account_id_fee_id_created_seq'), ['account_id', 'fee_id', 'created', 'seq'], unique=False)

    op.create_table('transfer_reversals',
    sa.Column('account_id', sa.String(length=255), nullable=False),
    sa.Column('id', sa.String(length=255), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('created', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('balance_transaction_id', sa.String(length=255), nullable=False),
    sa.Column('currency', sa.String(length=255), nullable=False),
    sa.Column('description', sa.String(length=5000), nullable=True),
    sa.Column('destination_id', sa.String(length=255), nullable=False),
    sa.Column('destination_payment_refund_id', sa.String(length=255), nullable=False),
    sa.Column('source_refund_id', sa.String(length=255), nullable=True),
    sa.Column('transfer_id', sa.String(length=255), nullable=False),
    sa.Column('metadata', JSONDoc(), nullable=False),
    sa.Column('test_clock_id', sa.String(length=255), nullable=True),
    sa.ForeignKeyConstraint(['account_id', 'balance_transaction_id'], ['balance_transactions.account_id', 'balance_transactions.id'], name=op.f('fk_transfer_reversals_account_id_balance_transaction_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'source_refund_id'], ['refunds.account_id', 'refunds.id'], name=op.f('fk_transfer_reversals_account_id_source_refund_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'test_clock_id'], ['test_clocks.account_id', 'test_clocks.id'], name=op.f('fk_transfer_reversals_account_id_test_clock_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'transfer_id'], ['transfers.account_id', 'transfers.id'], name=op.f('fk_transfer_reversals_account_id_transfer_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['destination_id', 'destination_payment_refund_id'], ['refunds.account_id', 'refunds.id'], name='fk_destination_payment_refund_id', initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['destination_id'], ['accounts.id'], name=op.f('fk_transfer_reversals_destination_id')),
    sa.PrimaryKeyConstraint('account_id', 'id', name=op.f('pk_transfer_reversals'))
    )
    with op.batch_alter_table('transfer_reversals', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_transfer_reversals_account_id_transfer_id_created_seq'), ['account_id', 'transfer_id', 'created', 'seq'], unique=False)

    with op.batch_alter_table('charges', schema=None) as batch_op:
        batch_op.add_column(sa.Column('application_fee_amount', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('application_fee_id', sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column('platform_id', sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column('source_transfer_id', sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column('transfer_id', sa.String(length=255), nullable=True))

    with op.batch_alter_table('refunds', schema=None) as batch_op:
        batch_op.add_column(sa.Column('platform_id', sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column('source_transfer_reversal_id', sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column('transfer_reversal_id', sa.String(length=255), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('refunds', schema=None) as batch_op:
        batch_op.drop_column('transfer_reversal_id')
        batch_op.drop_column('source_transfer_reversal_id')
        batch_op.drop_column('platform_id')

    with op.batch_alter_table('charges', schema=None) as batch_op:
        batch_op.drop_column('transfer_id')
        batch_op.drop_column('source_transfer_id')
        batch_op.drop_column('platform_id')
        batch_op.drop_column('application_fee_id')
        batch_op.drop_column('application_fee_amount')

    with op.batch_alter_table('transfer_reversals', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_transfer_reversals_account_id_transfer_id_created_seq'))

    op.drop_table('transfer_reversals')
    with op.batch_alter_table('application_fee_refunds', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_fee_refunds_account_id_fee_id_created_seq'))

    op.drop_table('application_fee_refunds')
    with op.batch_alter_table('transfers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_transfers_account_id_transfer_group_created_seq'))
        batch_op.drop_index(batch_op.f('ix_transfers_account_id_test_clock_id_created_seq'))
        batch_op.drop_index(batch_op.f('ix_transfers_account_id_source_transaction_id_created_seq'))
        batch_op.drop_index(batch_op.f('ix_transfers_account_id_destination_id_created_seq'))

    op.drop_table('transfers')
    with op.batch_alter_table('application_fees', schema=None) as batch_op:
        batch_op.drop_index('ix_application_fees_originating_transaction')
        batch_op.drop_index(batch_op.f('ix_application_fees_charged_account_id'))
        batch_op.drop_index(batch_op.f('ix_application_fees_account_id_test_clock_id_created_seq'))
        batch_op.drop_index(batch_op.f('ix_application_fees_account_id_charge_id_created_seq'))

    op.drop_table('application_fees')
