"""A store of its own for each test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ourtake.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(f"sqlite:///{tmp_path}/s.db") as opened:
        yield opened
