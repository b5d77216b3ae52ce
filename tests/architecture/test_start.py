"""What a server reads when it starts: nothing that only some requests need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LATER = {
    "PIL", "alembic", "app.control.doctor", "cryptography", "fontTools", "fpdf", "phonenumbers", "psycopg",
    "sqlalchemy.dialects.postgresql", "uharfbuzz", "urllib3",
}
"""Uploads, migrations, examinations, secrets, PDFs, phone numbers, PostgreSQL and webhooks: the first that needs it reads it."""


def test_a_server_that_was_asked_for_nothing_has_not_read_what_some_requests_need() -> None:
    look = "import sys, app.serve, app.factory; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", look], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert "app.registry" in told.stdout.split()
    assert LATER & set(told.stdout.split()) == set()
