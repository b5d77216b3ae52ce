"""Keep apps' secrets

Revision: af60be9ff9b8, after 5068945985c0. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

revision = "af60be9ff9b8"
down_revision = "b1c4010c944a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "apps_secrets",
        sa.Column("account_id", sa.String(length=255), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("scope_user", sa.String(length=255), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("test_clock_id", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "test_clock_id"],
            ["test_clocks.account_id", "test_clocks.id"],
            name=op.f("fk_apps_secrets_account_id_test_clock_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_apps_secrets")),
    )
    with op.batch_alter_table("apps_secrets", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_apps_secrets_account_id_scope_user_created_seq"),
            ["account_id", "scope_user", "created", "seq"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_apps_secrets_test_clock_id_due_at"), ["test_clock_id", "due_at"], unique=False
        )



def downgrade() -> None:
    with op.batch_alter_table("apps_secrets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_apps_secrets_test_clock_id_due_at"))
        batch_op.drop_index(batch_op.f("ix_apps_secrets_account_id_scope_user_created_seq"))

    op.drop_table("apps_secrets")
