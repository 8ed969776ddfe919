"""The garbage collector of our processes: seldom, never while modules are loaded, and on again only where it was on."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from ourtake.collector import collect_seldom, loading


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    usual = gc.get_threshold()
    yield
    gc.set_threshold(*usual)
    gc.enable()


def test_collections_are_seldom_and_turned_on() -> None:
    gc.disable()
    collect_seldom()
    assert gc.isenabled() and gc.get_threshold()[0] == 100_000


@pytest.mark.parametrize("collects", [True, False])
def test_nothing_is_collected_while_modules_are_loaded(collects: bool) -> None:
    (gc.enable if collects else gc.disable)()
    frozen = gc.get_freeze_count()
    kept = []
    with pytest.raises(ImportError), loading():
        assert not gc.isenabled()
        kept.append([object()])
        raise ImportError
    assert gc.isenabled() is collects
    assert gc.get_freeze_count() > frozen
