"""Add reviews of payments

Revision: f88f8ebbb557, after 1219a1ed0b68. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

revision = "f88f8ebbb557"
down_revision = "1219a1ed0b68"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('reviews',
    sa.Column('account_id', sa.String(length=255), nullable=False),
    sa.Column('id', sa.String(length=255), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('created', sa.BigInteger(), nullable=False),
    sa.Column('billing_zip', sa.String(length=5000), nullable=True),
    sa.Column('charge_id', sa.String(length=255), nullable=False),
    sa.Column('closed_reason', sa.String(length=255), nullable=True),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.Column('opened_reason', sa.String(length=255), nullable=False),
    sa.Column('payment_intent_id', sa.String(length=255), nullable=True),
    sa.Column('test_clock_id', sa.String(length=255), nullable=True),
    sa.ForeignKeyConstraint(['account_id', 'charge_id'], ['charges.account_id', 'charges.id'], name=op.f('fk_reviews_account_id_charge_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'payment_intent_id'], ['payment_intents.account_id', 'payment_intents.id'], name=op.f('fk_reviews_account_id_payment_intent_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'test_clock_id'], ['test_clocks.account_id', 'test_clocks.id'], name=op.f('fk_reviews_account_id_test_clock_id'), initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('account_id', 'id', name=op.f('pk_reviews'))
    )
    with op.batch_alter_table('reviews', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reviews_account_id_open_created_seq'), ['account_id', 'open', 'created', 'seq'], unique=False)

    with op.batch_alter_table('charges', schema=None) as batch_op:
        batch_op.add_column(sa.Column('review_id', sa.String(length=255), nullable=True))

    with op.batch_alter_table('payment_intents', schema=None) as batch_op:
        batch_op.add_column(sa.Column('review_id', sa.String(length=255), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('payment_intents', schema=None) as batch_op:
        batch_op.drop_column('review_id')

    with op.batch_alter_table('charges', schema=None) as batch_op:
        batch_op.drop_column('review_id')

    with op.batch_alter_table('reviews', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reviews_account_id_open_created_seq'))

    op.drop_table('reviews')
