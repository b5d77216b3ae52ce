# Everything that is done with a checkout. Needs Python 3.11 or newer and make; the rest goes into .venv, from the hashed locks.

VENV := .venv
BIN := $(VENV)/bin
# The first Python on the PATH that is new enough and runs; `make PYTHON=/path/to/python` chooses another.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python3.14; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then command -v $$name; break; fi; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11
# A database file that exists as long as the recipe runs.
SCRATCH = scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && export DATABASE_URL="sqlite:///$$scratch/billyard.db"

.PHONY: run test bench check migration lock

run: $(VENV)/.runtime         ## Serve on port 12111 with the data in var/billyard.db; ARGS="--port 8000" adds options.
	$(BIN)/billyard serve $(ARGS)

test: $(VENV)/.development    ## All tests on SQLite; ARGS="-k schedules" adds options, TEST_DATABASE_URL chooses PostgreSQL.
	$(BIN)/python -m pytest -n 2 $(ARGS)

bench: $(VENV)/.development   ## Measure a server of its own on this machine.
	$(BIN)/python -m tests.bench $(ARGS)

check: $(VENV)/.development   ## What a change must pass besides the tests.
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(SCRATCH) && $(BIN)/billyard db upgrade && $(BIN)/alembic check

migration: $(VENV)/.development  ## Write the revision for changed tables: make migration m="Add the refunds table".
	@test -n "$(m)" || { echo 'Say what changes: make migration m="Add the refunds table"' >&2; exit 2; }
	$(SCRATCH) && $(BIN)/billyard db upgrade && $(BIN)/alembic revision --autogenerate -m "$(m)"

lock: $(VENV)/.development    ## Lock the newest versions that pyproject.toml allows.
	$(PIP) install --quiet uv
	$(LOCK) --upgrade pyproject.toml -o requirements.txt
	$(LOCK) --upgrade pyproject.toml --extra dev -c requirements.txt -o requirements-dev.txt

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found." >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

# The checkout is put on the path instead of being built, so that nothing but the lock's packages is fetched.
$(VENV)/.runtime: requirements.txt | $(BIN)/python
	$(PIP) install --quiet --require-hashes -r requirements.txt
	@echo "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/billyard.pth"
	@printf '#!/bin/sh\nexec "%s/$(BIN)/python" -m app.cli "$$@"\n' "$(CURDIR)" > $(BIN)/billyard
	@chmod +x $(BIN)/billyard && touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	$(PIP) install --quiet --require-hashes -r requirements-dev.txt
	@touch $@
