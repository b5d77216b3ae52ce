"""Delete credit note lines with their notes

Revision: 20261127_note_lines, after 4532ce854de5. Written 2026-11-27.
"""

from alembic import op

revision = "20261127_note_lines"
down_revision = "4532ce854de5"
branch_labels = None
depends_on = None

NAME = "fk_credit_note_lines_account_id_credit_note_id"


def upgrade() -> None:
    _refer(ondelete="CASCADE")


def downgrade() -> None:
    _refer(ondelete=None)


def _refer(*, ondelete: str | None) -> None:
    # Nothing refers to the lines, so that SQLite may copy their table.
    with op.batch_alter_table("credit_note_lines", schema=None) as batch_op:
        batch_op.drop_constraint(NAME, type_="foreignkey")
        batch_op.create_foreign_key(
            NAME, "credit_notes", ["account_id", "credit_note_id"], ["account_id", "id"], ondelete=ondelete,
            initially="DEFERRED", deferrable=True)
