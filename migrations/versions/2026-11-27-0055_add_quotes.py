"""Add quotes

Revision: 20261127_quotes, after bf52092ef4cb. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "20261127_quotes"
down_revision = "bf52092ef4cb"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('quotes',
    sa.Column('account_id', sa.String(length=255), nullable=False),
    sa.Column('id', sa.String(length=255), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('created', sa.BigInteger(), nullable=False),
    sa.Column('accepted_at', sa.BigInteger(), nullable=True),
    sa.Column('amount_discount', sa.BigInteger(), nullable=False),
    sa.Column('amount_discounts', JSONDoc(), nullable=False),
    sa.Column('amount_subtotal', sa.BigInteger(), nullable=False),
    sa.Column('amount_tax', sa.BigInteger(), nullable=False),
    sa.Column('amount_taxes', JSONDoc(), nullable=False),
    sa.Column('amount_total', sa.BigInteger(), nullable=False),
    sa.Column('application_fee_amount', sa.BigInteger(), nullable=True),
    sa.Column('application_fee_percent', sa.String(length=40), nullable=True),
    sa.Column('automatic_tax_enabled', sa.Boolean(), nullable=False),
    sa.Column('canceled_at', sa.BigInteger(), nullable=True),
    sa.Column('collection_method', sa.String(length=255), nullable=False),
    sa.Column('currency', sa.String(length=255), nullable=True),
    sa.Column('customer_id', sa.String(length=255), nullable=True),
    sa.Column('days_until_due', sa.Integer(), nullable=True),
    sa.Column('default_tax_rates', JSONDoc(), nullable=False),
    sa.Column('description', sa.String(length=500), nullable=True),
    sa.Column('discounts', JSONDoc(), nullable=False),
    sa.Column('effective_date', sa.BigInteger(), nullable=True),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('finalized_at', sa.BigInteger(), nullable=True),
    sa.Column('footer', sa.String(length=500), nullable=True),
    sa.Column('from_quote_id', sa.String(length=255), nullable=True),
    sa.Column('header', sa.String(length=50), nullable=True),
    sa.Column('invoice_id', sa.String(length=255), nullable=True),
    sa.Column('is_revision', sa.Boolean(), nullable=False),
    sa.Column('number', sa.String(length=255), nullable=True),
    sa.Column('on_behalf_of_id', sa.String(length=255), nullable=True),
    sa.Column('recurring_discount', sa.BigInteger(), nullable=True),
    sa.Column('recurring_discounts', JSONDoc(), nullable=False),
    sa.Column('recurring_interval', sa.String(length=255), nullable=True),
    sa.Column('recurring_interval_count', sa.Integer(), nullable=True),
    sa.Column('recurring_subtotal', sa.BigInteger(), nullable=True),
    sa.Column('recurring_tax', sa.BigInteger(), nullable=True),
    sa.Column('recurring_taxes', JSONDoc(), nullable=False),
    sa.Column('recurring_total', sa.BigInteger(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=True),
    sa.Column('sequence', sa.Integer(), nullable=True),
    sa.Column('status', sa.String(length=255), nullable=False),
    sa.Column('subscription_id', sa.String(length=255), nullable=True),
    sa.Column('subscription_schedule_id', sa.String(length=255), nullable=True),
    sa.Column('transfer_data', JSONDoc(), nullable=True),
    sa.Column('trial_period_days', sa.Integer(), nullable=True),
    sa.Column('upfront_discount', sa.BigInteger(), nullable=False),
    sa.Column('upfront_discounts', JSONDoc(), nullable=False),
    sa.Column('upfront_subtotal', sa.BigInteger(), nullable=False),
    sa.Column('upfront_tax', sa.BigInteger(), nullable=False),
    sa.Column('upfront_taxes', JSONDoc(), nullable=False),
    sa.Column('upfront_total', sa.BigInteger(), nullable=False),
    sa.Column('metadata', JSONDoc(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=True),
    sa.Column('test_clock_id', sa.String(length=255), nullable=True),
    sa.ForeignKeyConstraint(['account_id', 'customer_id'], ['customers.account_id', 'customers.id'], name=op.f('fk_quotes_account_id_customer_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'from_quote_id'], ['quotes.account_id', 'quotes.id'], name=op.f('fk_quotes_account_id_from_quote_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'subscription_id'], ['subscriptions.account_id', 'subscriptions.id'], name=op.f('fk_quotes_account_id_subscription_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'subscription_schedule_id'], ['subscription_schedules.account_id', 'subscription_schedules.id'], name=op.f('fk_quotes_account_id_subscription_schedule_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'test_clock_id'], ['test_clocks.account_id', 'test_clocks.id'], name=op.f('fk_quotes_account_id_test_clock_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['on_behalf_of_id'], ['accounts.id'], name=op.f('fk_quotes_on_behalf_of_id')),
    sa.PrimaryKeyConstraint('account_id', 'id', name=op.f('pk_quotes'))
    )
    with op.batch_alter_table('quotes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quotes_account_id_customer_id_created_seq'), ['account_id', 'customer_id', 'created', 'seq'], unique=False)
        batch_op.create_index(batch_op.f('ix_quotes_account_id_test_clock_id_created_seq'), ['account_id', 'test_clock_id', 'created', 'seq'], unique=False)
        batch_op.create_index(batch_op.f('ix_quotes_test_clock_id_due_at'), ['test_clock_id', 'due_at'], unique=False)

    op.create_table('quote_discounts',
    sa.Column('account_id', sa.String(length=255), nullable=False),
    sa.Column('id', sa.String(length=255), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('created', sa.BigInteger(), nullable=False),
    sa.Column('coupon_id', sa.String(length=255), nullable=False),
    sa.Column('promotion_code_id', sa.String(length=255), nullable=True),
    sa.Column('quote_id', sa.String(length=255), nullable=False),
    sa.ForeignKeyConstraint(['account_id', 'coupon_id'], ['coupons.account_id', 'coupons.id'], name=op.f('fk_quote_discounts_account_id_coupon_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'quote_id'], ['quotes.account_id', 'quotes.id'], name=op.f('fk_quote_discounts_account_id_quote_id'), ondelete='CASCADE', initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('account_id', 'id', name=op.f('pk_quote_discounts'))
    )
    with op.batch_alter_table('quote_discounts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quote_discounts_account_id_coupon_id'), ['account_id', 'coupon_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_quote_discounts_account_id_quote_id'), ['account_id', 'quote_id'], unique=False)

    op.create_table('quote_line_items',
    sa.Column('account_id', sa.String(length=255), nullable=False),
    sa.Column('id', sa.String(length=255), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('created', sa.BigInteger(), nullable=False),
    sa.Column('amount_discount', sa.BigInteger(), nullable=False),
    sa.Column('amount_subtotal', sa.BigInteger(), nullable=False),
    sa.Column('amount_tax', sa.BigInteger(), nullable=False),
    sa.Column('amount_total', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=255), nullable=False),
    sa.Column('description', sa.String(length=5000), nullable=True),
    sa.Column('discounts', JSONDoc(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('price_id', sa.String(length=255), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=True),
    sa.Column('quote_id', sa.String(length=255), nullable=True),
    sa.Column('tax_rates', JSONDoc(), nullable=False),
    sa.Column('taxes', JSONDoc(), nullable=False),
    sa.Column('upfront_quote_id', sa.String(length=255), nullable=True),
    sa.ForeignKeyConstraint(['account_id', 'price_id'], ['prices.account_id', 'prices.id'], name=op.f('fk_quote_line_items_account_id_price_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'quote_id'], ['quotes.account_id', 'quotes.id'], name=op.f('fk_quote_line_items_account_id_quote_id'), ondelete='CASCADE', initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'upfront_quote_id'], ['quotes.account_id', 'quotes.id'], name=op.f('fk_quote_line_items_account_id_upfront_quote_id'), ondelete='CASCADE', initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('account_id', 'id', name=op.f('pk_quote_line_items'))
    )
    with op.batch_alter_table('quote_line_items', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quote_line_items_account_id_quote_id_position'), ['account_id', 'quote_id', 'position'], unique=False)
        batch_op.create_index(batch_op.f('ix_quote_line_items_account_id_upfront_quote_id_position'), ['account_id', 'upfront_quote_id', 'position'], unique=False)

    with op.batch_alter_table('invoices', schema=None) as batch_op:
        batch_op.add_column(sa.Column('quote_id', sa.String(length=255), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('invoices', schema=None) as batch_op:
        batch_op.drop_column('quote_id')

    with op.batch_alter_table('quote_line_items', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_quote_line_items_account_id_upfront_quote_id_position'))
        batch_op.drop_index(batch_op.f('ix_quote_line_items_account_id_quote_id_position'))

    op.drop_table('quote_line_items')
    with op.batch_alter_table('quote_discounts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_quote_discounts_account_id_quote_id'))
        batch_op.drop_index(batch_op.f('ix_quote_discounts_account_id_coupon_id'))

    op.drop_table('quote_discounts')
    with op.batch_alter_table('quotes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_quotes_test_clock_id_due_at'))
        batch_op.drop_index(batch_op.f('ix_quotes_account_id_test_clock_id_created_seq'))
        batch_op.drop_index(batch_op.f('ix_quotes_account_id_customer_id_created_seq'))

    op.drop_table('quotes')
