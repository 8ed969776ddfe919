"""A site on loopback for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.intake.site import Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as found:
        yield found
