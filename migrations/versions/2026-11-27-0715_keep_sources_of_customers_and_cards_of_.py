"""Keep sources of customers and cards of accounts

Revision: 44dbc00cc210, after 5068945985c0. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "44dbc00cc210"
down_revision = "25931154b097"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('cards',
    sa.Column('account_id', sa.String(length=255), nullable=False),
    sa.Column('id', sa.String(length=255), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('created', sa.BigInteger(), nullable=False),
    sa.Column('behavior', sa.String(length=255), nullable=True),
    sa.Column('billing_details', JSONDoc(), nullable=False),
    sa.Column('card', JSONDoc(), nullable=False),
    sa.Column('currency', sa.String(length=255), nullable=False),
    sa.Column('default_for_currency', sa.Boolean(), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('status', sa.String(length=255), nullable=False),
    sa.Column('metadata', JSONDoc(), nullable=False),
    sa.PrimaryKeyConstraint('account_id', 'id', name=op.f('pk_cards'))
    )
    with op.batch_alter_table('cards', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cards_account_id_created_seq'), ['account_id', 'created', 'seq'], unique=False)
        batch_op.create_index(batch_op.f('ix_cards_account_id_currency_created_seq'), ['account_id', 'currency', 'created', 'seq'], unique=False)

    with op.batch_alter_table('bank_accounts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('customer_id', sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column('deleted', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('verification_attempts', sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column('test_clock_id', sa.String(length=255), nullable=True))
        batch_op.create_index(batch_op.f('ix_bank_accounts_account_id_customer_id_created_seq'), ['account_id', 'customer_id', 'created', 'seq'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_bank_accounts_account_id_test_clock_id'), 'test_clocks', ['account_id', 'test_clock_id'], ['account_id', 'id'], initially='DEFERRED', deferrable=True)
        batch_op.create_foreign_key(batch_op.f('fk_bank_accounts_account_id_customer_id'), 'customers', ['account_id', 'customer_id'], ['account_id', 'id'], initially='DEFERRED', deferrable=True)

    with op.batch_alter_table('payouts', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_payouts_account_id_destination_id'), type_='foreignkey')



def downgrade() -> None:
    with op.batch_alter_table('payouts', schema=None) as batch_op:
        batch_op.create_foreign_key(batch_op.f('fk_payouts_account_id_destination_id'), 'bank_accounts', ['account_id', 'destination_id'], ['account_id', 'id'], initially='DEFERRED', deferrable=True)

    with op.batch_alter_table('bank_accounts', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_bank_accounts_account_id_customer_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_bank_accounts_account_id_test_clock_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_bank_accounts_account_id_customer_id_created_seq'))
        batch_op.drop_column('test_clock_id')
        batch_op.drop_column('verification_attempts')
        batch_op.drop_column('deleted')
        batch_op.drop_column('customer_id')

    with op.batch_alter_table('cards', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cards_account_id_currency_created_seq'))
        batch_op.drop_index(batch_op.f('ix_cards_account_id_created_seq'))

    op.drop_table('cards')
