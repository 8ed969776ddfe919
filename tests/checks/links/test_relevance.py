"""LNK008 with and without an archive; figures on real links are in benchmarks/link_relevance.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from ourtake.archive.lookup import Archive
from ourtake.checks.base import Case, CheckContext
from ourtake.checks.examples import SOUND, build
from ourtake.checks.links.relevance import irrelevant, names_title
from ourtake.documents import Article, Fact, Related, SentenceHandles
from ourtake.store import Store

TOPICS = (
    "bakery",
    "bridge",
    "choir",
    "dentist",
    "eel",
    "ferry",
    "garden",
    "harbour",
    "inn",
    "jetty",
    "kiln",
    "library",
)
GRID = (
    "The regulator asked the network who pays for the cable, and the network said that households pay for the "
    "cable "
    "and the pylons."
)
BREAD = "A baker kneads dough before dawn and bakes rye loaves in a stone oven, as his mother did."
SENTENCE = (
    "Households will pay for the cable and its pylons, as [we worked out before](a1), whatever the regulator "
    "asks of the network."
)


def article(number: int, title: str, text: str) -> Related:
    return Related(id=f"r{number}", url=f"https://paper.example/{number}", title=title, text=text, handle=f"a{number}")


def messages(body: str, related: tuple[Related, ...], archive: Archive | None = None) -> list[str]:
    sound = build(SOUND)
    case = Case(sound.take.model_copy(update={"body": body}), CheckContext(sound.source, related, archive=archive))
    return [hit.message for hit in irrelevant(case)]


def test_without_an_archive() -> None:
    assert messages(SENTENCE, (article(1, "Who pays for the cable", GRID),)) == []
    (said,) = messages(SENTENCE, (article(1, "Bread before dawn", BREAD),))
    assert "Bread before dawn" in said


def test_with_an_archive_an_article_has_to_lie_above_the_others(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'a.db'}", create=True) as store:
        plain = "The {0} of the town was painted by neighbours who pay for the paint of the {0} number {1}."
        texts = [plain.format(topic, number) for number, topic in enumerate(TOPICS * 3)]
        store.save_articles(
            [Article(url=f"https://paper.example/x{n}", title=text[:20], text=text) for n, text in enumerate(texts)]
        )
        archive = Archive(store, tmp_path / "index")
        assert len(archive.sample()) == len(texts)
        assert archive.sample() is archive.sample()
        assert messages(SENTENCE, (article(1, "Who pays for the cable", GRID),), archive) == []
        assert messages(SENTENCE, (article(1, "Neighbours paint the choir", texts[2]),), archive)


def test_a_swapped_handle_is_told_by_the_article_that_fits() -> None:
    body = "The [cable and its pylons](a2) were paid for by households, and the network told the regulator so."
    mixed = "Once a regulator of ovens asked a network of bakers about rye. " + BREAD
    (said,) = messages(body, (article(1, "Who pays for the cable", GRID), article(2, "Bread", mixed)))
    assert "fits" in said or "nothing to do with" in said


def test_names_and_figures_of_a_links_words_tell_another_article() -> None:
    grid = article(1, "Who pays for the cable", GRID + " Its 412 projects wait, said Oleg Brandt.")
    other = article(
        2,
        "What the network was asked",
        "The network and its cable again: households and pylons, and what the regulator said of them.",
    )
    for words in ("what Oleg Brandt said", "the cable's 412 projects"):
        (said,) = messages(
            f"The network was asked of households and cable; see [{words}](a2), and the regulator.", (grid, other)
        )
        assert "Who pays for the cable" in said


BEES = article(
    1,
    "Who pays for the cable",
    GRID + " A widow at Tolland Cross kept bees beside transformers and counted seventeen swarms.",
)
REPLY = article(
    2, "The network's reply", "What the network said to the regulator of households, cable and pylons was short."
)
LAMPS = article(
    3, "Lamps by the river", "The lamps along the river burn all night. Anglers asked for fewer lamps, and moths drown."
)


@pytest.mark.parametrize(
    ("body", "better"),
    [
        (
            "A widow kept bees beside transformers. The regulator asked, [in short](a2). She counted swarms at Tolland "
            "Cross.",
            BEES.title,
        ),
        # What the link's own words say of where it leads outweighs its neighbours.
        (
            "A widow kept bees beside transformers. The regulator asked, as [the network said](a2). She counted swarms "
            "at Tolland Cross.",
            None,
        ),
        (
            "The lamps burn all night by [the river](a3), moths or not. Households pay for the cable, [we found](a1), "
            "and the pylons.",
            None,
        ),
        # Two links that have changed places: each sentence tells of the other's article.
        (
            "Lamps burn all night for anglers, [we found](a1). Households pay the network for cable and pylons, [we "
            "found](a3).",
            LAMPS.title,
        ),
    ],
)
def test_an_article_offered_that_the_words_around_tell_of(body: str, better: str | None) -> None:
    said = messages(body, (BEES, REPLY, LAMPS))
    assert said == [] if better is None else better in said[0]


def test_a_link_that_names_the_month_of_its_article() -> None:
    body = (
        "A widow kept bees beside transformers. In {} the regulator asked, [in short](a2). She counted swarms at "
        "Tolland Cross."
    )
    dated = (
        BEES.model_copy(update={"published": "2025-03-02"}),
        REPLY.model_copy(update={"published": "2025-04-07"}),
        LAMPS,
    )
    assert messages(body.format("April"), dated) == []
    assert all(messages(body.format(month), dated) for month in ("March", "June"))


def test_the_year_in_which_the_article_was_published() -> None:
    grid = article(1, "Who pays for the cable", GRID + " It began in 2015.")
    other = article(
        2,
        "What the network was asked",
        "The network and its cable again: households and pylons, and what the regulator said.",
    )
    body = "The network was asked of households and cable; see [our questions of 2015](a2), and the regulator."
    assert messages(body, (grid, other))
    assert messages(body, (grid, other.model_copy(update={"published": "2015-03-02"}))) == []


def test_what_cannot_be_known_is_said() -> None:
    (said,) = messages(SENTENCE, (article(1, "Who pays", ""),))
    assert said.startswith("Could not check")


def test_words_that_stand_in_the_title() -> None:
    assert names_title("working in public", "Working in public from day one")
    assert not names_title("public", "Working in public from day one")


def test_a_link_whose_sentence_rests_on_a_fact_of_its_article_fits() -> None:
    related = (article(1, "Rye before dawn", BREAD), article(2, "Who pays for the cable", GRID))
    take = build(SOUND).take.model_copy(update={"body": SENTENCE})
    handles = (SentenceHandles(field="body", start=0, end=len(SENTENCE), handles=("f1",)),)
    bakes = Fact(id="f1", document="a1", field="text", start=0, end=len(BREAD), text=BREAD, statement="He bakes.")
    pays = bakes.model_copy(update={"statement": "The regulator asked the network about the cable."})

    def found(facts: tuple[Fact, ...]) -> int:
        against = CheckContext(build(SOUND).source, related, handles=handles, facts=facts)
        return len(list(irrelevant(Case(take, against))))

    assert found(()) == 1
    assert found((bakes,)) == 1  # a fact of the article that the sentence doesn't tell
    assert found((pays,)) == 0
