"""What is offered of the ranked candidates: nothing that isn't related, and not one story three times."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest

from ourtake.archive.learn import Question, gains, learned, spread
from ourtake.archive.lookup import Archive
from ourtake.archive.offer import RELATED, related_scores
from ourtake.archive.rank import SIGNALS
from ourtake.documents import Article, Source
from ourtake.store import Store

BRIDGE = (
    "The harbour bridge will be closed for repairs. Engineers found rust in the cables. Ferries will run at "
    "night "
    "while the bridge is closed."
)
TOLL = (
    "The council wants a toll on the harbour bridge. Drivers from the islands would pay most, and the ferry "
    "company "
    "would gain."
)
SOURCE = Source(
    title="Harbour bridge closed",
    outlet="The Post",
    url="https://post.example/1",
    blurb="The harbour bridge is closed for repairs after engineers found rust in its cables.",
    published="2025-06-10",
)


def test_an_article_that_is_like_another_gives_way(tmp_path: Path) -> None:
    texts = [
        BRIDGE + " Work begins in May.",
        BRIDGE + " Work goes on until June, says the mayor, who hopes for better days.",
        TOLL,
    ]
    articles = [
        Article(
            id=f"n{n}",
            url=f"https://p.example/{n}",
            title=f"Harbour bridge repairs {n}",
            text=text,
            published=f"2025-0{n + 1}-01",
        )
        for n, text in enumerate(texts)
    ]
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        store.save_articles(articles)
        plain = [item.id for item in Archive(store, tmp_path / "s.index", diversity=0.0).related(SOURCE, count=3)]
        spread_out = [item.id for item in Archive(store, tmp_path / "s.index", diversity=50.0).related(SOURCE, count=3)]
    assert plain.index("n2") == len(plain) - 1
    assert spread_out[0] == plain[0] and spread_out[1] == "n2"


def test_a_near_twin_gives_way_whatever_its_lead(tmp_path: Path) -> None:
    """An article that repeats half of a better one stands below another, though it says more of the source."""
    dives = "Divers went down on Monday and came back with photographs of every anchor below the northern tower."
    prices = "Nobody at the town hall would say how many million crowns a new coat of paint might add to such a bill."
    texts = [f"{BRIDGE} {dives}", f"{prices} {BRIDGE}", TOLL]
    articles = [
        Article(id=f"n{n}", url=f"https://p.example/{n}", title=title, text=text, published="2025-05-01")
        for n, (title, text) in enumerate(zip(["Bridge closed", "Rust in cables", "A toll"], texts, strict=True))
    ]
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        store.save_articles(articles)
        found = {
            diversity: [one.id for one in Archive(store, tmp_path / "s.index", diversity=diversity).related(SOURCE)]
            for diversity in (0.0, 8.0)
        }
    assert set(found[0.0][:2]) == {"n0", "n1"} and found[0.0][2:] == ["n2"]
    assert found[8.0][1] == "n2" and set(found[8.0]) == {"n0", "n1", "n2"}


@pytest.mark.parametrize("name", [*RELATED, "closeness"])
def test_a_better_match_is_surer_and_scores_stay_between_0_and_1(name: str) -> None:
    columns = {
        column: numpy.array([0.0, 0.3, 1.0]) if column == name else numpy.zeros(3) for column in (*RELATED, "closeness")
    }
    scores = related_scores(columns)
    assert scores == sorted(scores) and scores[0] < scores[2] and all(0 < score < 1 for score in scores)


def test_weights_find_what_the_editors_follow_and_a_penalty_holds_them_back() -> None:
    chance = numpy.random.default_rng(5)
    column = SIGNALS.index("tags_covered")
    source = SOURCE
    questions = []
    for _ in range(60):
        values = chance.random((12, len(SIGNALS)))
        answer = str(int(values[:, column].argmax()))
        questions.append(Question(source, frozenset([answer]), tuple(map(str, range(12))), values))
    start = numpy.zeros(len(SIGNALS))
    free, held = (learned(questions, start, penalty=penalty, scale=spread(questions)) for penalty in (1.0, 1000.0))
    assert free.argmax() == column and abs(held).sum() < abs(free).sum() / 4
    assert sum(gain for gain, _ in gains(questions, free)) > 0.9 * len(questions)
