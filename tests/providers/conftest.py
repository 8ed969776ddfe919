"""A store of its own for each test, once in a file and once on PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest

from ourtake.store import Store


@pytest.fixture
def store(store_address: str) -> Any:
    with Store.open(store_address) as opened:
        yield opened
