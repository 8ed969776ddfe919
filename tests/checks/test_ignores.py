"""Comments that pass over findings: what they cover, what they need, and that no rule sees them."""

from __future__ import annotations

import pytest

from ourtake.checks.base import CheckContext
from ourtake.checks.comments import comments_in
from ourtake.checks.examples import PARAGRAPHS, RELATED, SOUND, SOURCE, build
from ourtake.checks.registry import check
from ourtake.documents import Report, Take

LOST = "See [an old piece]. "
REST = "\n\n".join(part.strip() for part in PARAGRAPHS[1:])
FIRST = PARAGRAPHS[0].strip()


def report(body: str, **more: str) -> Report:
    take = build(SOUND).take.model_copy(update={"body": body, **more})
    found = check(take, CheckContext(SOURCE, RELATED))
    for item in found.findings:
        text = ", ".join(take.tags) if item.field == "tags" else getattr(take, item.field)
        assert text[item.start : item.end] == item.text
    return found


COVERED = {
    "in the paragraph": LOST + "<!-- ourtake: ignore LNK001 the piece is not online --> " + FIRST + "\n\n" + REST,
    "at the paragraph's end": LOST + FIRST + " <!-- ourtake: ignore LNK001 the piece is not online -->\n\n" + REST,
    "on the line before": "<!-- ourtake: ignore LNK001 the piece is not online -->\n" + LOST + FIRST + "\n\n" + REST,
    "a blank line between": "<!-- ourtake: ignore LNK001 the piece is not online -->\n\n"
    + LOST
    + FIRST
    + "\n\n"
    + REST,
    "two comments before": "<!-- ourtake: ignore STR004 long -->\n\n<!-- ourtake: ignore LNK001 not online -->\n\n"
    + LOST
    + FIRST
    + "\n\n"
    + REST,
    "a family": LOST + "<!-- ourtake: ignore LNK the piece is not online --> " + FIRST + "\n\n" + REST,
    "two codes": LOST + "<!-- ourtake: ignore LNK006, lnk001 the piece is not online --> " + FIRST + "\n\n" + REST,
    "over two lines": LOST + "<!-- ourtake: ignore LNK001\nthe piece is not online --> " + FIRST + "\n\n" + REST,
    "with dashes": LOST + "<!--ourtake:ignore LNK001 - the piece is not online--> " + FIRST + "\n\n" + REST,
}


@pytest.mark.parametrize("name", COVERED)
def test_a_finding_is_passed_over_and_counted(name: str) -> None:
    found = report(COVERED[name])
    assert (found.verdict, found.findings, found.ignored) == ("pass", (), 1)


NOT_COVERED = {
    "another paragraph": LOST + FIRST + "\n\n<!-- ourtake: ignore LNK001 not online -->\n\n" + REST,
    "another rule": LOST + "<!-- ourtake: ignore LNK006 not online --> " + FIRST + "\n\n" + REST,
    "no reason": LOST + "<!-- ourtake: ignore LNK001 --> " + FIRST + "\n\n" + REST,
    "no code": LOST + "<!-- ourtake: ignore the lost link --> " + FIRST + "\n\n" + REST,
    "never closed": LOST + "&lt;!-- ourtake: ignore LNK001 not online " + FIRST + "\n\n" + REST,
    "another field": LOST + FIRST + "\n\n" + REST,
}


@pytest.mark.parametrize("name", NOT_COVERED)
def test_a_finding_stays(name: str) -> None:
    more = (
        {"summary": build(SOUND).take.summary + " <!-- ourtake: ignore LNK001 not online -->"}
        if name == "another field"
        else {}
    )
    found = report(NOT_COVERED[name], **more)
    assert "LNK001" in {item.code for item in found.findings} and found.ignored == 0


def test_a_comment_that_is_not_obeyed_says_why() -> None:
    body = (
        "<!-- ourtake: ignore LNK006 --> <!-- ourtake: ignore QQQ123 a reason --> <!-- ourtake: allow LNK006 a reason "
        "--> " + FIRST + "\n\n" + REST
    )
    found = report(body)
    said = [(item.severity, item.code, item.message) for item in found.findings]
    assert [(severity, code) for severity, code, _ in said] == [("info", "IGN001")] * 3
    assert "no reason" in said[0][2] and "There is no rule QQQ123" in said[1][2] and "names no rule" in said[2][2]


def test_a_finding_about_the_whole_body_is_passed_over_by_any_of_its_comments() -> None:
    found = report("Short. <!-- ourtake: ignore STR003 a short one today -->\n\n" + "Shorter. Why?")
    assert "STR003" not in {item.code for item in found.findings}


def test_rules_see_blanks_of_the_same_length() -> None:
    take = Take(
        headline="h", summary="s <!-- ourtake: ignore LNK006 x --> t", body="a\n<!-- ourtake:\nignore LNK006 y -->\nb"
    )
    case = build(SOUND._replace(body=take.body, summary=take.summary))
    assert [comment.reason for comment in comments_in(take)] == ["x", "y"]
    assert (
        len(case.take.body) == len(take.body)
        and case.take.body.split() == ["a", "b"]
        and case.take.body.count("\n") == 3
    )
    assert case.words == {"summary": 2, "body": 2}
