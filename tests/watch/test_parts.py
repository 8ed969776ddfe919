"""Parts of watching that need no server: whose turn a host is, clocks that jump, twins, the score, what changed."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from ourtake.config import Settings, Watch
from ourtake.documents import Related, Source
from ourtake.intake.polite import HostGate
from ourtake.jobs.threads import in_threads
from ourtake.store import Store
from ourtake.store.feeds import CLOCK_SLIP, FeedRow, is_due
from ourtake.store.stories import FAILED, PASSED, QUEUED, WAITING, SeenEntry, StoryText, Verdict
from ourtake.watch.changes import changes_between
from ourtake.watch.entries import Window, entry_for, moment_of, seen_entry
from ourtake.watch.taking import TRIES, put_back
from ourtake.watch.twins import SAME_STORY, TwinIndex, likeness, words_of
from ourtake.watch.weighing import beats_of, score_of, weigh


def source(
    title: str = "A title", blurb: str = "A blurb.", outlet: str = "Post", url: str = "https://p.example/1"
) -> Source:
    return Source(title=title, outlet=outlet, url=url, blurb=blurb)


class Clock:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 100.0, list[float]()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_a_host_gets_one_request_at_a_time_and_others_do_not_wait() -> None:
    clock = Clock()
    gate = HostGate(sleep=clock.sleep, clock=lambda: clock.now)
    gate.wait("a", 1.0)
    gate.wait("b", 1.0)
    assert clock.slept == []
    gate.wait("a", 1.0)
    assert clock.slept == [1.0]
    gate.hold("b", 5.0)
    gate.wait("b", 1.0)
    assert sum(clock.slept) == 6.0


def test_threads_that_share_a_gate_get_different_turns() -> None:
    clock = Clock()
    turns: list[float] = []
    lock = threading.Lock()

    def sleep(seconds: float) -> None:
        with lock:
            turns.append(seconds)

    gate = HostGate(sleep=sleep, clock=lambda: clock.now)
    list(in_threads(range(20), lambda _: gate.wait("a", 1.0), threads=8, stop=threading.Event()))
    assert sorted(turns) == [float(n) for n in range(1, 20)]


def test_jobs_that_fail_are_raised_and_none_is_begun_after_a_stop() -> None:
    with pytest.raises(ZeroDivisionError):
        list(in_threads([1, 0], lambda n: 1 // n, threads=1, stop=threading.Event()))
    stop, done = threading.Event(), list[int]()

    def work(number: int) -> int:
        done.append(number)
        if number == 3:
            stop.set()
        return number

    assert list(in_threads(range(50), work, threads=1, stop=stop)) == done == [0, 1, 2, 3]


def test_a_clock_that_is_set_back_makes_feeds_due() -> None:
    row = FeedRow("u", "feed", "h", status="ok", polled=1000.0, next=1900.0)
    assert not is_due(row, 1500.0) and is_due(row, 1900.0)
    assert is_due(row, 1000.0 - CLOCK_SLIP - 1) and not is_due(row, 1000.0 - CLOCK_SLIP + 1)
    assert not is_due(row._replace(status="gone"), 5000.0)


@pytest.mark.parametrize(
    ("published", "new"),
    [
        ("2026-09-08T10:00:00+00:00", True),
        ("2026-09-06T10:00:00+00:00", False),
        ("2026-09-07", True),  # it may have been late in the day, west of here
        ("2026-09-05", False),
        ("2099-01-01", True),
        (None, True),
    ],
)
def test_what_is_too_old(published: str | None, new: bool) -> None:
    now = moment_of("2026-09-08T12:00:00+00:00")
    assert now is not None
    given = source().model_copy(update={"published": published})
    entry = seen_entry(given, Window(now, 86_400, first=False))
    assert (entry is not None) == new
    first = seen_entry(given, Window(now, 86_400, first=True))
    assert first is None or first.old == (published is None)


SAME = [
    (
        "Regulator gives Ferrow Compute six weeks to explain its power plan",
        "The data centre developer Ferrow Compute must explain by August how it will power its site on the old rail "
        "yard, the energy regulator said on Thursday.",
    ),
    (
        "Ferrow Compute told to explain data centre power plan within six weeks",
        "The energy regulator has given the data centre developer Ferrow Compute until August to explain how it will "
        "power its site on the rail yard.",
    ),
]
OTHER = [
    (
        "Ferrow Compute buys a second rail yard for a data centre",
        "The developer paid 40 million for land near the harbour, and says that building begins next spring.",
    ),
    (
        "Energy regulator fines three suppliers for late bills",
        "Customers waited up to two years for a correct bill, the regulator said on Thursday.",
    ),
]


def test_reports_of_one_event_are_twins_and_others_are_not() -> None:
    one, two = (words_of(*pair) for pair in SAME)
    assert likeness(one, two) > 0.6
    assert all(likeness(one, words_of(*pair)) < SAME_STORY - 0.1 for pair in OTHER)
    index = TwinIndex()
    index.learn([StoryText(1, "first", *SAME[0], ("Post",), 1000.0)])
    assert index.last == 1
    assert index.story_of(_seen(*SAME[1], outlet="Times")) == "first"
    assert [index.story_of(_seen(*pair, outlet="Times")) for pair in OTHER] == ["", ""]
    # A second report of the same outlet is another story, unless it is the same text.
    assert index.story_of(_seen(*SAME[1], outlet="Post")) == ""
    assert index.story_of(_seen(*SAME[0], outlet="Post")) == "first"
    index.learn([StoryText(2, "later", "Something else", "Of another week.", ("Post",), 1000.0 + 9 * 86_400)])
    assert index.story_of(_seen(*SAME[1], outlet="Herald")) == ""


def _seen(title: str, blurb: str, *, outlet: str = "Post") -> SeenEntry:
    return entry_for(source(title, blurb, outlet))


def test_the_score_is_the_part_of_the_links_that_the_archive_can_fill() -> None:
    related = [Related(id=str(n), url="u", title="t", score=score) for n, score in enumerate((0.9, 0.6, 0.3, 0.3))]
    assert score_of(related, 3) == 0.6 and score_of(related[:1], 3) == 0.3 and score_of([], 3) == 0.0


def test_beats_are_told_by_stems_and_phrases() -> None:
    beats = {"energy": ["power grid", "heat pumps"], "all": [], "courts": ["judge"]}
    assert beats_of(source("The grid needs power"), beats) == ("all",)
    assert beats_of(source(blurb="Power grids wait for a heat pump."), beats) == ("energy", "all")


class Nothing:
    """An archive that has nothing."""

    def related(self, *_: object, **__: object) -> list[Related]:
        return []


@pytest.mark.parametrize(("threshold", "decision"), [(0.0, WAITING), (0.1, PASSED)])
def test_a_threshold_of_0_takes_everything(threshold: float, decision: str) -> None:
    settings = Settings(watch=Watch(threshold=threshold))
    archive: Any = Nothing()
    assert weigh(source(), (), archive=archive, settings=settings, now=0.0).decision == decision


BEFORE = "Eleven newspapers did it. The editor said so. Nobody else was asked."


@pytest.mark.parametrize(
    ("title", "after", "kinds"),
    [
        ("A title", BEFORE, []),
        ("A \u201ctitle\u201d".replace("\u201c", "").replace("\u201d", ""), BEFORE, []),
        ("Another title", BEFORE, ["title"]),
        ("A title", BEFORE.replace("Eleven newspapers", "Eleven  newspapers"), []),
        ("A title", BEFORE.replace("Eleven", "Nine"), ["changed"]),
        ("A title", f"{BEFORE} This article was corrected on Monday.", ["corrected"]),
        ("A title", f"{BEFORE} The paper has retracted this report.", ["retracted"]),
        ("Retracted: A title", BEFORE, ["retracted", "title"]),
    ],
)
def test_what_is_called_a_change(title: str, after: str, kinds: list[str]) -> None:
    now = entry_for(source(title, ""))._replace(text=after)
    assert [one.kind for one in changes_between("A title", BEFORE, now)] == kinds


def test_a_story_is_decided_and_taken_once(store_address: str, tmp_path: Path) -> None:
    del tmp_path
    entry = _seen(*SAME[0])
    with Store.open(store_address) as store:
        mine, other = store.enroll(), store.enroll()
        store.watch.keep_feeds([FeedRow("https://p.example/feed", "feed", "p.example")])
        (turn,) = store.watch.claim({"https://p.example/feed"}, now=10.0, process_id=mine)
        # The other process is this one, too, and alive: the host is held.
        assert store.watch.claim({"https://p.example/feed"}, now=10.0, process_id=other) == []
        polled = turn.feeds[0]._replace(status="ok", polled=10.0, next=910.0)
        twice = [(polled, [entry]), (polled, [entry])]
        saved = store.watch.save_polls(twice, now=10.0, process_id=mine, matcher=TwinIndex(), compare=changes_between)
        assert saved == [1, 0]
        assert store.watch.claim({"https://p.example/feed"}, now=910.0, process_id=other)[0].asked == 10.0
        (row,) = store.watch.undecided()
        verdicts = [(row.id, Verdict(WAITING, "why", 0.5))]
        assert store.watch.decide(verdicts) == {row.id} and store.watch.decide(verdicts) == set()
        taken = store.watch.take_up(now=10.0, day="2026-09-08", process_id=mine, most=1)
        assert taken is not None and taken.id == row.id and taken.tries == 1
        for process_id in (mine, other):
            assert store.watch.take_up(now=10.0, day="2026-09-08", process_id=process_id, most=5) is None
        store.watch.finish(row.id, WAITING, process_id=other)
        assert store.watch.taken_on("2026-09-08") == 1, "another process can't give it back"
        store.watch.finish(row.id, WAITING, process_id=mine, next_try=50.0)
        assert store.watch.take_up(now=10.0, day="2026-09-08", process_id=mine, most=1) is None
        assert store.watch.take_up(now=50.0, day="2026-09-08", process_id=mine, most=0) is None
        again = store.watch.take_up(now=50.0, day="2026-09-09", process_id=other, most=1)
        assert again is not None and again.draft_id == taken.draft_id and again.tries == 2
        # Handing it to workers and their taking it up are one try; one that none can begin waits again.
        for tries in range(2, TRIES + 1):
            store.watch.finish(row.id, QUEUED, process_id=other)
            by_worker = store.watch.take_up(now=60.0, day="2026-09-10", process_id=mine, most=1, story=row.id)
            assert by_worker is not None and by_worker.tries == tries
            store.watch.finish(row.id, QUEUED, process_id=mine)
            put_back(store, row.id, "There is no key.", now=60.0)
            put_back(store, row.id, "It is not queued any more.", now=60.0)
            (kept,) = store.watch.stories(id_=row.id)
            assert kept.decision == (WAITING if tries < TRIES else FAILED)
            assert kept.reason == "why\nNo worker could begin it: There is no key."
            assert store.watch.taken_on("2026-09-10") == (tries == TRIES), "what waits counts on no day"
            store.watch.take_up(now=1e9, day="2026-09-10", process_id=other, most=1)
