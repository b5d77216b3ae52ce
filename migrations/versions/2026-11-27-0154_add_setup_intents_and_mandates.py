"""Add setup intents and mandates

Revision: c5a710e93f4e, after f88f8ebbb557. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JSONDoc

revision = "c5a710e93f4e"
down_revision = "f88f8ebbb557"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mandates",
        sa.Column("account_id", sa.String(length=255), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("customer_acceptance", JSONDoc(), nullable=False),
        sa.Column("payment_method_id", sa.String(length=255), nullable=False),
        sa.Column("single_use", JSONDoc(), nullable=True),
        sa.Column("status", sa.String(length=255), nullable=False),
        sa.Column("test_clock_id", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "payment_method_id"],
            ["payment_methods.account_id", "payment_methods.id"],
            name=op.f("fk_mandates_account_id_payment_method_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "test_clock_id"],
            ["test_clocks.account_id", "test_clocks.id"],
            name=op.f("fk_mandates_account_id_test_clock_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_mandates")),
    )
    op.create_table(
        "setup_intents",
        sa.Column("account_id", sa.String(length=255), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("attach_to_self", sa.Boolean(), nullable=True),
        sa.Column("cancellation_reason", sa.String(length=255), nullable=True),
        sa.Column("client_secret", sa.String(length=255), nullable=False),
        sa.Column("customer_acceptance", JSONDoc(), nullable=True),
        sa.Column("customer_id", sa.String(length=255), nullable=True),
        sa.Column("description", sa.String(length=5000), nullable=True),
        sa.Column("flow_directions", JSONDoc(), nullable=True),
        sa.Column("last_setup_error", JSONDoc(), nullable=True),
        sa.Column("latest_attempt_id", sa.String(length=255), nullable=True),
        sa.Column("mandate_id", sa.String(length=255), nullable=True),
        sa.Column("next_action", JSONDoc(), nullable=True),
        sa.Column("payment_method_id", sa.String(length=255), nullable=True),
        sa.Column("payment_method_options", JSONDoc(), nullable=False),
        sa.Column("payment_method_types", JSONDoc(), nullable=False),
        sa.Column("return_url", sa.Text(), nullable=True),
        sa.Column("single_use", JSONDoc(), nullable=True),
        sa.Column("single_use_mandate_id", sa.String(length=255), nullable=True),
        sa.Column("status", sa.String(length=255), nullable=False),
        sa.Column("usage", sa.String(length=255), nullable=False),
        sa.Column("metadata", JSONDoc(), nullable=False),
        sa.Column("test_clock_id", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "customer_id"],
            ["customers.account_id", "customers.id"],
            name=op.f("fk_setup_intents_account_id_customer_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "mandate_id"],
            ["mandates.account_id", "mandates.id"],
            name=op.f("fk_setup_intents_account_id_mandate_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "payment_method_id"],
            ["payment_methods.account_id", "payment_methods.id"],
            name=op.f("fk_setup_intents_account_id_payment_method_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "single_use_mandate_id"],
            ["mandates.account_id", "mandates.id"],
            name=op.f("fk_setup_intents_account_id_single_use_mandate_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "test_clock_id"],
            ["test_clocks.account_id", "test_clocks.id"],
            name=op.f("fk_setup_intents_account_id_test_clock_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_setup_intents")),
    )
    with op.batch_alter_table("setup_intents", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_setup_intents_account_id_customer_id_created_seq"),
            ["account_id", "customer_id", "created", "seq"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_setup_intents_account_id_payment_method_id_created_seq"),
            ["account_id", "payment_method_id", "created", "seq"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_setup_intents_account_id_test_clock_id_created_seq"),
            ["account_id", "test_clock_id", "created", "seq"],
            unique=False,
        )

    op.create_table(
        "setup_attempts",
        sa.Column("account_id", sa.String(length=255), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("attach_to_self", sa.Boolean(), nullable=True),
        sa.Column("customer_id", sa.String(length=255), nullable=True),
        sa.Column("flow_directions", JSONDoc(), nullable=True),
        sa.Column("payment_method_details", JSONDoc(), nullable=False),
        sa.Column("payment_method_id", sa.String(length=255), nullable=False),
        sa.Column("setup_error", JSONDoc(), nullable=True),
        sa.Column("setup_intent_id", sa.String(length=255), nullable=False),
        sa.Column("status", sa.String(length=255), nullable=False),
        sa.Column("usage", sa.String(length=255), nullable=False),
        sa.Column("test_clock_id", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "customer_id"],
            ["customers.account_id", "customers.id"],
            name=op.f("fk_setup_attempts_account_id_customer_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "payment_method_id"],
            ["payment_methods.account_id", "payment_methods.id"],
            name=op.f("fk_setup_attempts_account_id_payment_method_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "setup_intent_id"],
            ["setup_intents.account_id", "setup_intents.id"],
            name=op.f("fk_setup_attempts_account_id_setup_intent_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "test_clock_id"],
            ["test_clocks.account_id", "test_clocks.id"],
            name=op.f("fk_setup_attempts_account_id_test_clock_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_setup_attempts")),
    )
    with op.batch_alter_table("setup_attempts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_setup_attempts_account_id_setup_intent_id_created_seq"),
            ["account_id", "setup_intent_id", "created", "seq"],
            unique=False,
        )

    with op.batch_alter_table("payment_intents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("customer_acceptance", JSONDoc(), nullable=True))
        batch_op.add_column(sa.Column("mandate_id", sa.String(length=255), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_payment_intents_account_id_mandate_id"),
            "mandates",
            ["account_id", "mandate_id"],
            ["account_id", "id"],
            initially="DEFERRED",
            deferrable=True,
        )


def downgrade() -> None:
    with op.batch_alter_table("payment_intents", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_payment_intents_account_id_mandate_id"), type_="foreignkey")
        batch_op.drop_column("mandate_id")
        batch_op.drop_column("customer_acceptance")

    with op.batch_alter_table("setup_attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_setup_attempts_account_id_setup_intent_id_created_seq"))

    op.drop_table("setup_attempts")
    with op.batch_alter_table("setup_intents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_setup_intents_account_id_test_clock_id_created_seq"))
        batch_op.drop_index(batch_op.f("ix_setup_intents_account_id_payment_method_id_created_seq"))
        batch_op.drop_index(batch_op.f("ix_setup_intents_account_id_customer_id_created_seq"))

    op.drop_table("setup_intents")
    op.drop_table("mandates")
