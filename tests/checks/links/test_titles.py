"""LNK003: titles that are cut or changed, and words that only look like one."""

from __future__ import annotations

import pytest

from ourtake.checks.base import Case, CheckContext, Hit
from ourtake.checks.examples import SOUND, build
from ourtake.checks.links.titles import title_mismatch
from ourtake.documents import Related

TITLED = "The Weekly That Sold Its Press and Kept Its Name"
PLAIN = "Who pays when the grid waits for a cable"
SUBTITLED = "The Harbour Briefing: What the Dredger Found"
NAMED = "U.S. Web Design Standards releases version one"
TEXTS = {
    TITLED: "A press was sold.",
    PLAIN: f"{PLAIN}\n\nCables are dear.",
    SUBTITLED: "A dredger came.",
    NAMED: "The U.S. Web Design Standards are out.",
}
RELATED = tuple(
    Related(id=f"r{number}", url=f"https://paper.example/{number}", title=title, text=text, handle=f"a{number}")
    for number, (title, text) in enumerate(TEXTS.items(), 1)
)


def hits(body: str) -> list[Hit]:
    sound = build(SOUND)
    take = sound.take.model_copy(update={"body": body, "summary": ""})
    return list(title_mismatch(Case(take, CheckContext(sound.source, RELATED))))


@pytest.mark.parametrize(
    ("body", "severity"),
    [
        ("See [The Weekly That Sold Its\u2026](a1).", None),
        ("See [The Weekly That Sold Its Press...](a1).", None),
        ("See [The Weekly [\u2026] Kept Its Name](a1).", None),
        ("See [\u2026Its Press and Kept Its Name](a1).", None),
        ("See [The Weekly That Sold Its Press and Lost Its Name](a1).", None),
        ("See [THE WEEKLY THAT SOLD ITS PRESS](a1).", None),
        ("In \u201cThe Weekly That Sold Its Press\u201d we told of it.", None),
        ("In 'The Weekly That Sold Its Press' we told of it.", None),
        ("\u201cwhen the grid waits for a cable\u201d was the headline.", None),
        ("See [Who pays when the grid waits](a2).", None),
        ("See [when the grid waits for a cable](a2).", "warning"),
        ("See [What the Dredger Found](a3).", "warning"),
        ("See [Who pays when the grid waits for a cable](a1).", None),
    ],
)
def test_a_title_that_is_not_given_whole(body: str, severity: str | None) -> None:
    (hit,) = hits(body)
    assert hit.severity == severity


@pytest.mark.parametrize(
    "body",
    [
        "See [the weekly that sold its press](a1).",
        "[The weekly that sold its press](a1) has it.",
        "We met [a weekly that sold its press and kept](a1) a name.",
        "See [The Harbour Briefing](a3).",
        "They use [U.S. Web Design Standards](a4).",
        "See [The Weekly That Sold Its Press and Kept Its Name](a1).",
        "See [\u201cwho pays when the grid waits for a cable\u201d](a2).",
        "It asks who pays \u201cwhen the grid waits for a cable\u201d at night.",
    ],
)
def test_words_that_are_no_cut_title(body: str) -> None:
    assert hits(body) == []


def test_the_whole_title_is_the_fix() -> None:
    body = "See [The Weekly That Sold Its\u2026](a1)."
    (hit,) = hits(body)
    assert hit.fix is not None
    assert body[: hit.fix.start] + hit.fix.replacement + body[hit.fix.end :] == f"See [{TITLED}](a1)."
