"""Add files and file links

Revision: b9dae5b96c03, after 1f1969b13388. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "b9dae5b96c03"
down_revision = "1f1969b13388"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('files',
    sa.Column('account_id', sa.String(length=255), nullable=False),
    sa.Column('id', sa.String(length=255), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('created', sa.BigInteger(), nullable=False),
    sa.Column('filename', sa.Text(), nullable=False),
    sa.Column('purpose', sa.String(length=255), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('type', sa.String(length=255), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('account_id', 'id', name=op.f('pk_files'))
    )
    with op.batch_alter_table('files', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_files_account_id_created_seq'), ['account_id', 'created', 'seq'], unique=False)
        batch_op.create_index(batch_op.f('ix_files_account_id_purpose_created_seq'), ['account_id', 'purpose', 'created', 'seq'], unique=False)

    op.create_table('file_contents',
    sa.Column('account_id', sa.String(length=255), nullable=False),
    sa.Column('file_id', sa.String(length=255), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['account_id', 'file_id'], ['files.account_id', 'files.id'], name=op.f('fk_file_contents_account_id_file_id'), initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('account_id', 'file_id', name=op.f('pk_file_contents'))
    )
    op.create_table('file_links',
    sa.Column('account_id', sa.String(length=255), nullable=False),
    sa.Column('id', sa.String(length=255), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('created', sa.BigInteger(), nullable=False),
    sa.Column('expired', sa.Boolean(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=True),
    sa.Column('file_id', sa.String(length=255), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('metadata', JSONDoc(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=True),
    sa.Column('test_clock_id', sa.String(length=255), nullable=True),
    sa.ForeignKeyConstraint(['account_id', 'file_id'], ['files.account_id', 'files.id'], name=op.f('fk_file_links_account_id_file_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['account_id', 'test_clock_id'], ['test_clocks.account_id', 'test_clocks.id'], name=op.f('fk_file_links_account_id_test_clock_id'), initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('account_id', 'id', name=op.f('pk_file_links'))
    )
    with op.batch_alter_table('file_links', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_file_links_account_id_created_seq'), ['account_id', 'created', 'seq'], unique=False)
        batch_op.create_index(batch_op.f('ix_file_links_account_id_file_id_created_seq'), ['account_id', 'file_id', 'created', 'seq'], unique=False)
        batch_op.create_index(batch_op.f('ix_file_links_test_clock_id_due_at'), ['test_clock_id', 'due_at'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('file_links', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_file_links_test_clock_id_due_at'))
        batch_op.drop_index(batch_op.f('ix_file_links_account_id_file_id_created_seq'))
        batch_op.drop_index(batch_op.f('ix_file_links_account_id_created_seq'))

    op.drop_table('file_links')
    op.drop_table('file_contents')
    with op.batch_alter_table('files', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_files_account_id_purpose_created_seq'))
        batch_op.drop_index(batch_op.f('ix_files_account_id_created_seq'))

    op.drop_table('files')
