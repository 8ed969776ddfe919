"""Judges: what they are shown, what they are worth, and that a bad one changes nothing."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from ourtake.evals.blind import blinded
from ourtake.evals.judgements import Judgement, Pick, check_judge, pairs_of
from ourtake.evals.ratings import bradley_terry
from ourtake.evals.twins import worse_twin
from tests.conftest import Run
from tests.evals.judge_server import judge_server
from tests.evals.test_wrong_uses import suite


def configured(folder: Path, address: str) -> str:
    path = folder / "ourtake.toml"
    path.write_text(
        f'[models.local]\nbase_url = "{address}"\noutput = "text"\n\n[prices."local:judge"]\ninput = 1\noutput = 1\n'
    )
    return str(path)


def originals(two: Path) -> set[str]:
    """The takes of the run, as a judge is shown them."""
    from ourtake.documents import Take

    rows = [json.loads(line) for line in (two / "results.jsonl").read_text().splitlines()]
    return {blinded(Take.model_validate(row["take"]), [row["model"] for row in rows]) for row in rows}


def test_a_good_judge_is_used_and_asked_once(two: Path, run: Run, tmp_path: Path) -> None:
    whole = originals(two)

    def policy(a: str, b: str) -> str:
        if (a in whole) != (b in whole):
            return "A" if a in whole else "B"
        # Of two whole takes it prefers those with fewer words: a taste, whatever the order.
        return "A" if len(a.split()) < len(b.split()) else "B"

    with judge_server(policy) as (address, asked):
        config = configured(tmp_path, address)
        done = run("--config", config, "eval", "judge", str(two), "--judge", "local:judge")
        assert done.returncode == 0, done.stderr
        first = len(asked)
        # Eight pairs and as many twins, each in both orders.
        assert first == 32 and "32 answered, 0 failed" in done.stdout
        again = run("--config", config, "eval", "judge", str(two), "--judge", "local:judge")
        assert "0 questions" in again.stdout and len(asked) == first
    assert not any("baseline" in prompt or "replay:" in prompt for prompt in asked)
    done = run("eval", "report", str(two))
    page = (two / "report.html").read_text()
    assert done.returncode == 0 and "By the judge local:judge" in page
    assert "It preferred 8 of 8 takes to copies with three faults put in." in page
    assert "no bias by position was shown" in page and "It cost $" in page


def test_a_judge_that_takes_the_first_is_reported_and_makes_no_rating(two: Path, run: Run, tmp_path: Path) -> None:
    with judge_server(lambda a, b: "A") as (address, _):
        run("--config", configured(tmp_path, address), "eval", "judge", str(two), "--judge", "local:judge")
    run("eval", "report", str(two))
    page = (two / "report.html").read_text()
    assert "Blind, and not used for ratings: it preferred 4 of 8 takes" in page and "biased by position" in page
    assert "8 of 8 pairs were answered differently in the other order." in page


def test_a_judge_that_talks_nonsense_is_counted_apart(two: Path, run: Run, tmp_path: Path) -> None:
    with judge_server(lambda a, b: "both are fine") as (address, _):
        config = configured(tmp_path, address)
        done = run("--config", config, "eval", "judge", str(two), "--judge", "local:judge", "--pairs", "1")
    assert done.returncode == 3 and "0 answered, 18 failed" in done.stdout
    run("eval", "report", str(two))
    assert "18 answers could not be used." in (two / "report.html").read_text()


@pytest.mark.parametrize(
    ("name", "words"),
    [("baseline", "is not a model, so it can't judge"), ("nobody:x", "There is no model provider 'nobody'")],
)
def test_wrong_judges(two: Path, run: Run, name: str, words: str) -> None:
    done = run("eval", "judge", str(two), "--judge", name)
    assert done.returncode == 2 and words in done.stderr


def test_a_limit_stops_the_judging_and_keeps_what_was_answered(two: Path, run: Run, tmp_path: Path) -> None:
    with judge_server(lambda a, b: "A") as (address, asked):
        config = configured(tmp_path, address)
        judging = ("--config", config, "eval", "judge", str(two), "--judge", "local:judge", "--concurrency", "1")
        done = run(*judging, "--max-cost", "0.05")
        assert done.returncode == 4 and 0 < len(asked) < 32
        kept = len((two / "judgements.jsonl").read_text().splitlines())
        assert kept == len(asked)


def simulated(chance: random.Random, *, bias: float, skill: float, truth: float) -> list[Judgement]:
    """A judge of 12 topics with 5 cases: with probability `skill` it sees the truth, else it guesses, preferring what
    it saw first by `bias`. Of 100 pairs, the better writer wins `truth`.
    """
    found = []
    for topic in range(12):
        for number in range(5):
            better = "good" if chance.random() < truth else "bad"
            for kind, names, right in (("pair", ("good", "bad"), better), ("twin", ("take", "twin"), "take")):
                for first, second in (names, names[::-1]):
                    if chance.random() < skill:
                        choice = "first" if first == right else "second"
                    else:
                        choice = "first" if chance.random() < 0.5 + bias else "second"
                    case = f"{topic}.{number}"
                    found.append(
                        Judgement.model_validate(
                            {"judge": "j", "kind": kind, "case": case, "topic": str(topic), "first": first,
                             "second": second, "choice": choice, "entry": "e" if kind == "twin" else ""}
                        )
                    )  # fmt: skip
    return found


def test_a_judge_with_a_bias_of_twenty_points_is_found_and_changes_no_ranking() -> None:
    chance = random.Random(2)
    noticed = kept = 0
    for _ in range(50):
        judgements = simulated(chance, bias=0.4, skill=0.5, truth=0.8)  # 0.5 * 0.4 = 20 points
        check = check_judge("j", judgements, [])
        noticed += check.biased and not check.blind
        ratings = bradley_terry(pairs_of(judgements))
        kept += ratings["good"].points > ratings["bad"].points
    assert noticed >= 48 and kept == 50


def test_a_judge_that_guesses_is_blind_and_a_fair_one_is_not_biased() -> None:
    chance = random.Random(3)
    blind = sum(check_judge("j", simulated(chance, bias=0, skill=0, truth=0.5), []).blind for _ in range(100))
    fair = sum(check_judge("j", simulated(chance, bias=0, skill=0.7, truth=0.8), []).biased for _ in range(100))
    assert blind >= 94 and fair <= 10


def test_orders_that_disagree_are_a_tie() -> None:
    def one(first: str, second: str, choice: str) -> Judgement:
        given = {"judge": "j", "kind": "pair", "case": "c", "topic": "t", "first": first, "second": second}
        return Judgement.model_validate({**given, "choice": choice})

    assert [pair.score for pair in pairs_of([one("a", "b", "first"), one("b", "a", "first")])] == [0.5]
    assert [pair.score for pair in pairs_of([one("a", "b", "first"), one("b", "a", "second")])] == [1.0]
    # One order alone decides nothing.
    assert pairs_of([one("a", "b", "first")]) == []
    # Of takes that were written and judged again, the newest answers count.
    again = [one("a", "b", "first"), one("b", "a", "first"), one("a", "b", "first"), one("b", "a", "second")]
    assert [pair.score for pair in pairs_of(again)] == [1.0] and check_judge("j", again, []).flips == (0, 1)


def test_agreement_with_people_is_counted() -> None:
    judgements = [one for one in simulated(random.Random(4), bias=0, skill=1, truth=1) if one.kind == "pair"]
    picks = [
        Pick.model_validate(
            {"by": "Ed", "when": "2026-01-01", "case": f"{topic}.0", "topic": str(topic), "left": "bad",
             "right": "good", "choice": "right" if topic else "left"}
        )
        for topic in range(4)
    ]  # fmt: skip
    assert check_judge("j", judgements, picks).agreement == (3, 4)


def test_twins_have_three_faults_and_texts_are_blind(two: Path) -> None:
    from ourtake.documents import Take

    for line in (two / "results.jsonl").read_text().splitlines():
        row = json.loads(line)
        take = Take.model_validate(row["take"])
        twin = worse_twin(take)
        assert twin is not None and len(twin.faults) == 3 and twin.take.body != take.body
        text = blinded(take, [row["model"]])
        assert "](" not in text and "baseline" not in text


def test_the_judges_of_a_suite_are_asked_after_its_takes(tmp_path: Path, run: Run) -> None:
    path = suite(tmp_path)
    (tmp_path / "good").mkdir()
    body = "One is 40.\n\nTwo is here.\n\nThree was there, as they say."
    take = {"headline": "A", "summary": "Ours.", "body": body, "tags": ["a"]}
    (tmp_path / "good" / "one.json").write_text(json.dumps(take))
    text = path.read_text().replace('["baseline"]', '["baseline", "replay:good"]\njudges = ["local:judge"]')
    path.write_text(text)
    done = run("eval", "run", str(path), "-o", "out")
    assert done.returncode == 2 and "There is no model provider 'local'" in done.stderr
    assert not (tmp_path / "out").exists()
    with judge_server(lambda a, b: "A") as (address, asked):
        done = run("--config", configured(tmp_path, address), "eval", "run", str(path), "-o", "out")
    assert done.returncode == 0, done.stderr
    assert len(asked) >= 2 and f"{len(asked)} answered, 0 failed" in done.stdout
