"""Learning from an archive's own links: a made publication whose editors link by tag and never by the words of the
headline.
"""

from __future__ import annotations

import datetime
import json
import math
import random
from pathlib import Path

import numpy
import pytest

from ourtake.archive import lookup
from ourtake.archive.learn import Question, gains, likelihoods, quality
from ourtake.archive.lookup import MANY_SOURCES, Archive
from ourtake.archive.rank import DEFAULTS, DEFAULTS_WITH_MEANING, GROUPS, SIGNALS
from ourtake.archive.tune import LEAST_QUESTIONS, evidence, measured, shrunken, tune
from ourtake.documents import Article, Source
from ourtake.store import Store
from tests.conftest import Run

WORDS = (
    "river council budget harbour engine library winter market bridge school garden railway museum kitchen "
    "theatre "
    "ferry"
).split()


def publication(count: int) -> list[Article]:
    """Articles of random words; each links to the two latest earlier ones that share its tag."""
    chance = random.Random(7)
    start = datetime.date(2023, 1, 1)
    made: list[Article] = []
    for number in range(count):
        tag = chance.choice(["alpha", "beta", "gamma", "delta"])
        text = ". ".join(" ".join(chance.choices(WORDS, k=9)).capitalize() for _ in range(12)) + f". It is about {tag}."
        earlier = [item for item in made if item.tags == (tag,)][-2:]
        made.append(
            Article(
                id=f"n{number}",
                url=f"https://paper.example/{number}",
                title=" ".join(chance.choices(WORDS, k=4)).capitalize() + f" {tag}",
                text=text,
                tags=(tag,),
                published=(start + datetime.timedelta(days=3 * number)).isoformat(),
                links=tuple(item.url for item in earlier),
            )
        )
    return made


def filled(folder: Path, count: int) -> Archive:
    store = Store.open(f"sqlite:///{folder}/s.db")
    store.save_articles(publication(count))
    archive = Archive(store, folder / "s.index")
    archive.refresh()
    return archive


def test_it_learns_what_the_editors_do_and_says_how_much_it_helps(tmp_path: Path) -> None:
    archive = filled(tmp_path, 160)
    questions = measured(archive.questions(), archive.signals(), tick=lambda: None)
    first, second = (tune(questions, DEFAULTS) for _ in range(2))
    assert first == second
    assert first.kept and first.before and first.after and first.after.ndcg > first.before.ndcg
    assert first.questions == len(questions) and 0 < first.judged < first.questions
    assert first.weighting.weights != DEFAULTS.weights


def test_a_source_that_cant_be_looked_up_by_meaning_is_ranked_by_the_weights_of_words(tmp_path: Path) -> None:
    archive = filled(tmp_path, 80)
    source = Source(
        title="River council budget alpha",
        outlet="",
        url="https://post.example/1",
        blurb="A harbour engine.",
        published="2024-06-01",
    )
    by_words = archive.explained(source)
    archive.weighting = DEFAULTS_WITH_MEANING
    assert archive.explained(source) == by_words
    archive.weighting = DEFAULTS.model_copy(update={"weights": DEFAULTS.weights | {"era": 0.0, "lead": 9.0}})
    assert archive.explained(source) != by_words


def test_a_large_archive_is_got_ready_and_answers_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = filled(tmp_path, 80)
    source = Source(
        title="River council budget alpha",
        outlet="",
        url="https://post.example/1",
        blurb="A harbour engine.",
        published="2024-06-01",
    )
    answer = archive.related(source)
    fresh = Archive(Store.open(f"sqlite:///{tmp_path}/s.db"), tmp_path / "s.index")
    fresh.expect([source] * MANY_SOURCES)
    assert len(fresh.signals().weights.rarity) == 0
    monkeypatch.setattr(lookup, "LARGE", 10)
    fresh.expect([source] * MANY_SOURCES)
    assert len(fresh.signals().weights.rarity) > len(WORDS)
    assert fresh.related(source) == answer


def test_nothing_of_the_day_or_later_is_ever_used(tmp_path: Path) -> None:
    archive = filled(tmp_path, 80)
    days = {article.id: article.published or "" for article in publication(80)}
    for question in measured(archive.questions(), archive.signals(), tick=lambda: None):
        day = question.source.published or ""
        assert all(days[name] < day for name in (*question.ids, *question.answers))
    until = datetime.date(2023, 5, 1)
    assert all(
        (question.source.published or "") < until.isoformat() for question in archive.questions(until=until.toordinal())
    )
    # A source's signals are the same whether or not the future is in the archive.
    source = archive.questions()[20].source
    found = archive.signals().of(source).ids
    assert found and all(days[name] < (source.published or "") for name in found)


def made_questions(count: int, right: float) -> list[Question]:
    """Questions whose answer has the largest `lead`, except for a share of them in which it is any article."""
    chance = numpy.random.default_rng(5)
    lead = SIGNALS.index("lead")
    questions = []
    for number in range(count):
        values = chance.random((12, len(SIGNALS))) * 0.01
        values[:, lead] = chance.random(12)
        best = int(values[:, lead].argmax()) if chance.random() < right else int(chance.integers(12))
        source = Source(title=f"Source {number}", outlet="", url=f"https://post.example/{number}", blurb="")
        questions.append(Question(source, frozenset([str(best)]), tuple(map(str, range(12))), values))
    return questions


START = DEFAULTS.model_copy(update={"weights": dict.fromkeys(SIGNALS, 0.0) | {"era": 1.0}})


def test_a_gain_within_noise_keeps_the_defaults() -> None:
    done = tune(made_questions(120, 0.0), START)
    assert not done.kept and done.certainty <= 2 and "chance" in done.why and done.weighting == START


def test_a_certain_gain_is_kept_and_shortened_by_what_may_be_chance() -> None:
    many, few = tune(made_questions(400, 0.6), START), tune(made_questions(90, 0.6), START)
    assert many.kept and many.certainty > few.certainty > 2
    assert many.after and many.before and many.after.ndcg > many.before.ndcg
    origin, vector = numpy.zeros(2), numpy.array([2.0, -4.0])
    assert shrunken(origin, vector, 2.0).tolist() == [1.5, -3.0]
    assert shrunken(origin, vector, math.inf).tolist() == [2.0, -4.0]
    assert shrunken(origin, vector, 0.5).tolist() == [0.0, 0.0] == shrunken(origin, vector, 0.0).tolist()


def test_the_latest_fifth_has_a_veto() -> None:
    """What helped until then and does harm now is not used."""
    questions = made_questions(200, 0.9)
    lead = SIGNALS.index("lead")
    turned = [
        question._replace(answers=frozenset([str(int(question.values[:, lead].argmin()))]))
        for question in questions[160:]
    ]
    done = tune([*questions[:160], *turned], START)
    assert done.certainty > 2 and not done.kept and "latest fifth" in done.why and done.weighting == START


def test_evidence_is_the_paired_t() -> None:
    before, after = [0.0] * 4, [0.1, 0.3, 0.1, 0.3]
    assert round(evidence(before, after), 3) == 3.464
    assert evidence(after, before) == 0.0 == evidence([], []) and evidence(before, before) == 0.0


def test_a_gain_is_seen_sooner_by_what_it_makes_likely() -> None:
    """nDCG is the same where the answers stay at their places; how likely they are is not."""
    questions = made_questions(30, 1.0)
    weak, strong = (numpy.array([weight if name == "lead" else 0.0 for name in SIGNALS]) for weight in (2.0, 9.0))
    assert evidence([gain for gain, _ in gains(questions, weak)], [gain for gain, _ in gains(questions, strong)]) == 0
    assert evidence(likelihoods(questions, weak), likelihoods(questions, strong)) > 2
    alone = questions[0]._replace(answers=frozenset(["elsewhere"]))
    assert likelihoods([alone], strong) == [0.0]
    even = numpy.zeros(len(SIGNALS))
    assert likelihoods(questions[:1], even)[0] == pytest.approx(-math.log(12))


def test_a_ranking_that_has_not_seen_a_tenth_of_the_archive_is_called_old(tmp_path: Path) -> None:
    archive = filled(tmp_path, 80)
    assert archive.ranking_is_old() is None
    archive.weighting = DEFAULTS.model_copy(update={"learned": "2026-01-01", "until": "2023-08-20"})
    assert archive.ranking_is_old() is None  # 3 of 80 are newer
    archive.weighting = DEFAULTS.model_copy(update={"learned": "2026-01-01", "until": "2023-07-01"})
    assert "19 of 80 articles are newer" in (archive.ranking_is_old() or "")


def test_too_few_links_keep_the_defaults(tmp_path: Path) -> None:
    archive = filled(tmp_path, 20)
    done = tune(measured(archive.questions(), archive.signals(), tick=lambda: None), DEFAULTS)
    assert not done.kept and done.weighting == DEFAULTS and str(LEAST_QUESTIONS) in done.why


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_can_be_switched_off(tmp_path: Path, group: str) -> None:
    archive = filled(tmp_path, 40)
    source = archive.questions()[-1].source
    archive.weighting = DEFAULTS.switched_off((group,))  # type: ignore[arg-type]
    assert all(shares[group] == 0 for _, shares in archive.explained(source))
    questions = measured(archive.questions(), archive.signals(), tick=lambda: None)
    assert quality(gains(questions, archive.weighting.vector())).ndcg > 0


def test_the_command_learns_stores_and_explains(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n".join(article.model_dump_json() for article in publication(160)) + "\n")
    assert run("archive", "add", "a.jsonl").returncode == 0
    assert "ranking: the defaults" in run("archive", "stats").stdout
    done = run("archive", "tune", "--until", "2024-01-01")
    assert done.returncode == 0 and "nDCG@10" in done.stdout and "in use" in done.stdout
    assert "ranking: learned on" in run("archive", "stats").stdout
    source = {
        "title": "River budget alpha",
        "outlet": "O",
        "url": "https://o.example/1",
        "blurb": "It is about alpha.",
        "published": "2024-02-01",
    }
    (tmp_path / "s.json").write_text(json.dumps(source))
    shown = run("related", "s.json", "--explain", "--json")
    row = json.loads(shown.stdout)["related"][0]
    assert set(row["signals"]) == {*GROUPS, "total"} and row["published"] < "2024-02-01"
    table = run("related", "s.json", "--explain").stdout
    assert all(group in table for group in GROUPS) and max(map(len, table.splitlines())) <= 100
    once, again = (run("archive", "tune", "--until", "2024-01-01", "--seed", "3", "--json").stdout for _ in range(2))
    assert once == again and json.loads(once)["after"]["ndcg"] > json.loads(once)["before"]["ndcg"]
    assert run("archive", "tune", "--until", "yesterday").returncode == 2


@pytest.mark.parametrize("misleads", [False, True])
def test_meaning_that_misleads_is_left_out_and_meaning_that_helps_is_not(misleads: bool) -> None:
    chance = numpy.random.default_rng(2)
    meaning, lead = SIGNALS.index("meaning"), SIGNALS.index("lead")
    questions = []
    for number in range(200):
        values = chance.random((12, len(SIGNALS))) * 0.05
        values[:, [meaning, lead]] = chance.random((12, 2)) * 2
        answer = str(int(values[:, lead if misleads else meaning].argmax()))
        source = Source(title=f"Source {number}", outlet="", url=f"https://post.example/{number}", blurb="")
        questions.append(Question(source, frozenset([answer]), tuple(map(str, range(12))), values))
    done = tune(questions, DEFAULTS_WITH_MEANING)
    assert done.kept and done.before_steps and done.after_steps and done.after_steps.ndcg > done.before_steps.ndcg
    learned = done.weighting.weights["meaning"]
    assert learned < 0.1 if misleads else learned >= DEFAULTS_WITH_MEANING.weights["meaning"]
