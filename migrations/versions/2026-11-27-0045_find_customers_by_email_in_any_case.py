"""Find customers by email in any case

Revision: c812b3222dd7, after 0cd13469c5bc. Written 2026-11-27.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.sql import bindparam, column, table

revision = "c812b3222dd7"
down_revision = "0cd13469c5bc"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email_folded", sa.String(length=1024), nullable=True))
        batch_op.drop_index(batch_op.f("ix_customers_account_id_email_created_seq"))
        batch_op.create_index(batch_op.f("ix_customers_account_id_email_folded_created_seq"), ["account_id", "email_folded", "created", "seq"], unique=False)
    customers = table("customers", column("account_id"), column("id"), column("email"), column("email_folded"))
    connection = op.get_bind()
    rows = connection.execute(sa.select(customers.c.account_id, customers.c.id, customers.c.email).where(
        customers.c.email.is_not(None))).all()
    if rows:
        is_row = (customers.c.account_id == bindparam("account")) & (customers.c.id == bindparam("customer"))
        connection.execute(customers.update().where(is_row).values(email_folded=bindparam("folded")), [
            {"account": account, "customer": id, "folded": email.lower().replace("ς", "σ")}
            for account, id, email in rows])


def downgrade() -> None:
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customers_account_id_email_folded_created_seq"))
        batch_op.create_index(batch_op.f("ix_customers_account_id_email_created_seq"), ["account_id", "email", "created", "seq"], unique=False)
        batch_op.drop_column("email_folded")
