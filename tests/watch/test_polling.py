"""`poll_due`, as a watcher calls it, and whose turn a host is between processes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ourtake.config_file import load_settings
from ourtake.store import Store
from ourtake.watch.polling import Outcome, Polling, host_turn, keep_feeds, poll_due
from tests.intake.site import Site
from tests.watch.conftest import Outlets, story

Make = Callable[[Store], Polling]


@pytest.fixture
def polling(outlets: Outlets) -> Make:
    """Polls of the outlets' feeds by a process of their own."""

    def make(store: Store) -> Polling:
        return Polling(store, load_settings(str(outlets.paper / "ourtake.toml")), process_id=store.enroll())

    return make


def polled(polling: Polling) -> list[Outcome]:
    """What a round of the feeds that are due brings."""
    keep_feeds(polling.store, polling.settings)
    return list(poll_due(polling, stop=threading.Event()))


def test_one_feed_is_polled_when_it_is_due(outlets: Outlets, polling: Make, tmp_path: Path) -> None:
    site: Site = outlets.site
    outlets.settle(every_minutes=15)
    outlets.feed("/feed", story(site, "/news/label"))
    with Store.open(f"sqlite:///{tmp_path}/store.db") as store:
        mine = polling(store)
        (done,) = polled(mine)
        assert done.fresh == 1 and done.row.status == "ok"
        assert not polled(mine) and site.asked == ["/feed"], "it is not due yet"
        mine.close()


def test_a_host_that_another_process_asks_is_left_to_it(outlets: Outlets, polling: Make, tmp_path: Path) -> None:
    url = outlets.feed("/feed", story(outlets.site, "/news/label"))
    with Store.open(f"sqlite:///{tmp_path}/store.db") as store:
        mine, other = polling(store), polling(store)
        with host_turn(f"{outlets.site.url}/news/label", other) as held:
            assert held
            with host_turn(url, mine) as also:
                assert not also
            assert not polled(mine) and outlets.site.asked == []
        (done,) = polled(mine)
        assert done.fresh == 1
        mine.close()
        other.close()
