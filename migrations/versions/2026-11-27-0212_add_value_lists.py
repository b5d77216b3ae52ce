"""Add value lists

Revision: 93a22244b085, after 352aa39381c9. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "93a22244b085"
down_revision = "352aa39381c9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('value_lists',
    sa.Column('account_id', sa.String(length=255), nullable=False),
    sa.Column('id', sa.String(length=255), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('created', sa.BigInteger(), nullable=False),
    sa.Column('alias', sa.String(length=100), nullable=False),
    sa.Column('created_by', sa.String(length=255), nullable=False),
    sa.Column('item_type', sa.String(length=255), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('metadata', JSONDoc(), nullable=False),
    sa.PrimaryKeyConstraint('account_id', 'id', name=op.f('pk_value_lists'))
    )
    with op.batch_alter_table('value_lists', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_value_lists_account_id_alias'), ['account_id', 'alias'], unique=True)
        batch_op.create_index(batch_op.f('ix_value_lists_account_id_created_seq'), ['account_id', 'created', 'seq'], unique=False)

    op.create_table('value_list_items',
    sa.Column('account_id', sa.String(length=255), nullable=False),
    sa.Column('id', sa.String(length=255), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('created', sa.BigInteger(), nullable=False),
    sa.Column('comparable', sa.String(length=64), nullable=False),
    sa.Column('created_by', sa.String(length=255), nullable=False),
    sa.Column('value', sa.String(length=800), nullable=False),
    sa.Column('value_list_id', sa.String(length=255), nullable=False),
    sa.ForeignKeyConstraint(['account_id', 'value_list_id'], ['value_lists.account_id', 'value_lists.id'], name=op.f('fk_value_list_items_account_id_value_list_id'), initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('account_id', 'id', name=op.f('pk_value_list_items'))
    )
    with op.batch_alter_table('value_list_items', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_value_list_items_account_id_value_list_id_comparable'), ['account_id', 'value_list_id', 'comparable'], unique=True)
        batch_op.create_index(batch_op.f('ix_value_list_items_account_id_value_list_id_created_seq'), ['account_id', 'value_list_id', 'created', 'seq'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('value_list_items', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_value_list_items_account_id_value_list_id_created_seq'))
        batch_op.drop_index(batch_op.f('ix_value_list_items_account_id_value_list_id_comparable'))

    op.drop_table('value_list_items')
    with op.batch_alter_table('value_lists', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_value_lists_account_id_created_seq'))
        batch_op.drop_index(batch_op.f('ix_value_lists_account_id_alias'))

    op.drop_table('value_lists')
