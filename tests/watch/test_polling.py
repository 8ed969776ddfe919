"""`poll_feed`, as a job of a queue calls it, and whose turn a host is between processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ourtake.config_file import load_settings
from ourtake.errors import InputError
from ourtake.store import Store
from ourtake.watch.polling import Polling, host_turn, poll_feed
from tests.intake.site import Site
from tests.watch.conftest import Outlets, story

Make = Callable[[Store], Polling]


@pytest.fixture
def polling(outlets: Outlets) -> Make:
    """Polls of the outlets' feeds by a process of their own."""

    def make(store: Store) -> Polling:
        return Polling(store, load_settings(str(outlets.paper / "ourtake.toml")), process_id=store.enroll())

    return make


def test_one_feed_is_polled_when_it_is_due(outlets: Outlets, polling: Make, tmp_path: Path) -> None:
    site: Site = outlets.site
    outlets.settle(every_minutes=15)
    url = outlets.feed("/feed", story(site, "/news/label"))
    with Store.open(f"sqlite:///{tmp_path}/store.db") as store:
        mine = polling(store)
        done = poll_feed(url, mine)
        assert done is not None and done.fresh == 1 and done.row.status == "ok"
        assert poll_feed(url, mine) is None and site.asked == ["/feed"], "it is not due yet"
        with pytest.raises(InputError, match="is not a feed of"):
            poll_feed(f"{site.url}/other", mine)
        mine.close()


def test_a_host_that_another_process_asks_is_left_to_it(outlets: Outlets, polling: Make, tmp_path: Path) -> None:
    url = outlets.feed("/feed", story(outlets.site, "/news/label"))
    with Store.open(f"sqlite:///{tmp_path}/store.db") as store:
        mine, other = polling(store), polling(store)
        with host_turn(f"{outlets.site.url}/news/label", other) as held:
            assert held
            with host_turn(url, mine) as also:
                assert not also
            assert poll_feed(url, mine) is None and outlets.site.asked == []
        done = poll_feed(url, mine)
        assert done is not None and done.fresh == 1
        mine.close()
        other.close()
