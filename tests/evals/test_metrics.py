"""Metrics without a judge: what they count, and when they can't be measured."""

from __future__ import annotations

import pytest

from ourtake import plugins
from ourtake.config import Publication, Settings
from ourtake.documents import Claim, Evidence, Report, Source, Take
from ourtake.evals import metrics
from ourtake.evals.metrics import METRICS, Measured, Metric, measured, state_of
from ourtake.evals.results import CellResult
from ourtake.evals.texts import reading_ease, sameness, source_overlap
from tests.evals.made import case, result, stored

SENTENCES = "A town has 40 clerks. It closed [one](u) office. Nobody [asked](v) them."


def seen(claims: tuple[Claim, ...], **settings: object) -> Measured:
    one = case(1, 1)
    made = result(one, "m", passes=1, report=Report(verdict="pass", claims=claims), cost_usd=None)
    return Measured(made, stored([one])["c1"], Settings.model_validate(settings))


def claim(kind: str, start: int, end: int, status: str, *documents: str) -> Claim:
    evidence = tuple(Evidence(document=name, start=0, end=1, text="x") for name in documents)
    given = {"id": f"{kind}{start}", "field": "body", "start": start, "end": end, "text": SENTENCES[start:end]}
    return Claim.model_validate({**given, "kind": kind, "status": status, "evidence": evidence})


def test_citations_are_counted_as_alce_does() -> None:
    claims = (
        claim("statement", 0, 21, "verified", "a1"),  # verified, but no link says where: no recall
        claim("statement", 22, 46, "verified", "a1"),
        claim("link", 32, 38, "verified", "a1"),  # the linked article verifies it
        claim("statement", 47, 71, "verified", "a2"),
        claim("link", 54, 64, "verified", "a1"),  # another one does
        claim("statement", 0, 10, "not-checked"),  # undecided: it counts for nothing
    )
    found = measured(seen(claims))
    assert found["citations.recall"] == pytest.approx(1 / 3, abs=1e-6) and found["citations.precision"] == 0.5


def test_what_nobody_decided_can_not_be_measured() -> None:
    found = measured(seen((claim("statement", 0, 21, "not-checked"),)))
    for name in ("citations.recall", "citations.precision", "quotations.exact", "numbers.exact", "claims.verified"):
        assert found[name] is None, name
    assert found["cost"] is None and found["faults.found"] is None
    assert state_of(METRICS["cost"], None) == "not measurable"
    assert state_of(METRICS["errors"], 0.0) == "pass" and state_of(METRICS["errors"], 2.0) == "fail"
    assert state_of(METRICS["words"], 500.0) == ""


def test_exactness_is_a_share_of_what_was_decided() -> None:
    kinds = [("quotation", "verified"), ("quotation", "differs"), ("quotation", "not-checked"), ("number", "verified")]
    claims = tuple(claim(kind, place, place + 1, status) for place, (kind, status) in enumerate(kinds))
    found = measured(seen(claims))
    assert found["quotations.exact"] == 0.5 and found["numbers.exact"] == 1.0


def test_the_headline_needs_claims_that_hold() -> None:
    one = case(1, 1)
    base = result(one, "m", passes=1)
    assert base.first is not None

    def headline(**first: object) -> float | None:
        made = base.model_copy(update={"first": base.first.model_copy(update=first)})  # type: ignore[union-attr]
        return measured(Measured(made, stored([one])["c1"], Settings()))["passes_without_repair"]

    assert headline() == 1
    assert headline(claim_counts={"verified": 4, "not-checked": 2}) == 1
    assert headline(claim_counts={"verified": 4, "differs": 1}) == 0
    assert headline(claim_counts={"not-found": 1}) == 0
    assert headline(counts={"error": 1}) == 0


def test_overlap_leaves_quotations_out() -> None:
    blurb = "The council will close the office in March and move its forty clerks to the library."
    source = Source(title="T", outlet="Post", url="https://x.example/1", blurb=blurb)
    copied = Take(headline="H", summary="S.", body=blurb)
    quoted = Take(headline="H", summary="We looked at this one again and again.", body=f"It says: “{blurb}”")
    found, other = source_overlap(copied, source), source_overlap(quoted, source)
    assert found is not None and found > 0.8 and other == 0
    assert source_overlap(Take(headline="H", summary="S.", body="Short."), source) is None


def test_sameness_compares_stories_and_not_repeats() -> None:
    text = "This is what we always say about whatever story comes along these days."
    same = Take(headline="H", summary="S.", body=text)
    other = Take(headline="H", summary="S.", body="Nothing of the kind was ever written on any other page by us.")
    assert sameness({"a": [same], "b": [same]}) == 1 and sameness({"a": [same], "b": [other]}) == 0
    assert sameness({"a": [same, same]}) is None


def test_reading_ease_orders_texts_and_knows_its_language() -> None:
    easy = reading_ease("The cat sat on the mat. The dog ran to the man.", "en")
    hard = reading_ease("Institutional accountability necessitates comprehensive documentation.", "en-GB")
    assert easy is not None and hard is not None and easy > 90 > 0 > hard
    german = {"publication": Publication(language="de")}
    assert measured(seen((), **german))["reading_ease"] is None


def test_an_outside_metric_that_fails_is_left_out_with_a_warning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: Measured) -> float | None:
        raise RuntimeError("no such luck")

    rows = [
        Metric("commas", "Commas", "commas in the body", lambda one: float(body(one.result).count(","))),
        Metric("broken", "Broken", "it fails", broken),
        Metric("errors", "Mine", "a name that is taken", broken),
        Metric("endless", "Endless", "no number", lambda _: float("nan")),
        Metric("Bad Name", "Bad", "a bad name", broken),
    ]
    given = tuple(plugins.Plugin(row.name, "outside", row) for row in rows)
    monkeypatch.setattr(plugins, "plugins", lambda group: given if group == plugins.METRICS else ())
    monkeypatch.delenv("OURTAKE_WARNED", raising=False)
    metrics.metric_rows.cache_clear()
    try:
        found = measured(seen(()))
        said = capsys.readouterr().err
    finally:
        metrics.metric_rows.cache_clear()
    assert found["commas"] == 3 and found["broken"] is None and found["errors"] == 0
    assert found["endless"] is None  # no mean becomes NaN by it
    assert (
        "no such luck" in said and "'errors' is taken by ourtake itself" in said and "'Bad Name' is not a name" in said
    )


def body(made: CellResult) -> str:
    assert made.take is not None
    return made.take.body
