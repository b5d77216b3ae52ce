from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from app.context import Context
from tests.support.api import Api

MONDAY = 1_660_521_600 + 3_600
"""2022-08-15 01:00 UTC."""


@pytest.fixture
def acting(api: Api) -> Callable[[], AbstractContextManager[Context]]:
    """Transactions of the sandbox at a fixed moment, for operations that no endpoint reaches by itself."""

    @contextmanager
    def transaction() -> Iterator[Context]:
        server = api.server
        caller = server.authenticator.caller(f"Bearer {api.key}", None)
        with server.database.writing() as session:
            yield Context(session=session, ids=server.database.ids, account_id=caller.account_id, now=MONDAY)

    return transaction
