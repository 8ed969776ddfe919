"""What a model sees of a finding: the document's own sentence, under the name that the model knows, and what the words
should be.
"""

from __future__ import annotations

import json

from ourtake.checks.base import CheckContext
from ourtake.checks.examples import RELATED, SOUND, SOURCE, build, with_first
from ourtake.checks.registry import check
from ourtake.config import Settings
from ourtake.documents import Claim, Evidence, Finding, LinkRecord, Report, Take
from ourtake.writing.beside_claims import PromptDocument
from ourtake.writing.feedback import Passage, for_prompt
from ourtake.writing.prompts import Prompts
from ourtake.writing.repair import apply_repair, passages_to_repair, rank
from ourtake.writing.reread import Item


def finding(
    field: str,
    text: str,
    words: str,
    *,
    code: str = "LNK001",
    severity: str = "error",
    evidence: tuple[Evidence, ...] = (),
) -> Finding:
    start = text.index(words)
    row = {
        "code": code,
        "rule": "r",
        "severity": severity,
        "message": "m",
        "field": field,
        "start": start,
        "end": start + len(words),
        "text": words,
    }
    return Finding.model_validate(row | {"evidence": evidence})


def report(*findings: Finding) -> Report:
    return Report(verdict="fail", findings=findings)


def repair_page(passages: list[Passage]) -> str:
    prompts, shape = Prompts(Settings()), Settings().take
    block = prompts.passages(SOURCE, RELATED)
    return prompts.repair(block, SOURCE, RELATED, passages=passages, shape=shape).user


def test_evidence_comes_with_its_sentence_and_its_handle() -> None:
    text = RELATED[1].text
    words = text.split(" ")[2]
    start = text.index(words)
    evidence = (
        Evidence(document=RELATED[1].id, field="text", start=start, end=start + len(words), text=words),
        Evidence(document="source", field="blurb", start=0, end=3, text=SOURCE.blurb[:3]),
        Evidence(document="elsewhere", field="text", start=0, end=3, text="abc"),
    )
    item = finding("body", "one two", "two", evidence=evidence)
    places = for_prompt([Passage("paragraph 1", "one two", (item,))], SOURCE, RELATED)[0].complaints[0].documents
    assert [place for place, _ in places] == ["a2, text", "the source, blurb", "our archive, text"]
    assert words in places[0][1] and len(places[0][1]) > len(words) and places[2][1] == "abc"


def test_the_prompt_says_what_a_title_should_be() -> None:
    take = build(with_first("See [Data centre asks for fifty megawatts](a1).")).take
    passages = passages_to_repair(take, check(take, CheckContext(SOURCE, RELATED), select=["LNK003"]), RELATED)
    page = repair_page(passages)
    assert (
        "It should read: Data centre asks for forty megawatts" in page
        and "What a1, title says: Data centre asks for forty megawatts" in page
    )
    assert page.count("LNK003 title-mismatch. If the words are meant as a title, give the article") == 1


def test_words_from_outside_stand_inside_the_marks() -> None:
    take = build(with_first("See [Data centre asks for fifty megawatts](a1).")).take
    passages = passages_to_repair(take, check(take, CheckContext(SOURCE, RELATED), select=["LNK003"]), RELATED)
    page = repair_page(passages)
    # The texts have one mark, the passages another: neither can hold its own.
    for mark in {line for line in page.split("\n") if line.startswith("===")}:
        page = "".join(page.split(mark)[::2])
    outside = page
    assert "forty megawatts" not in outside and "fifty megawatts" not in outside


def test_a_line_of_dashes_in_a_text_cuts_nothing_off() -> None:
    dashes = "Draft standards\n\n--------------------\nIn September they were released."
    prompts = Prompts(Settings())
    block = prompts.story(SOURCE.model_copy(update={"text": dashes}), RELATED)
    assert dashes in block.text and dashes not in block.system
    item = Item("s1", "They were released in September.", "body", 0, 32)
    more = [PromptDocument("a1", "Standards", "", (dashes,))]
    read = prompts.reread(block, [item], claims=["s1"], more=more)
    assert read.user.startswith(block.text) and read.user.count(dashes) == 2 and read.system == block.system


BODY = "First one.\n\nSecond two.\n\nThird three."
TAKE = Take(headline="h", summary="s", body=BODY, tags=("a", "b"))


def test_which_passages_are_asked_for() -> None:
    def names(*findings: Finding) -> list[str]:
        return [passage.name for passage in passages_to_repair(TAKE, report(*findings), ())]

    assert names(finding("body", BODY, "two")) == ["paragraph 2"]
    assert names(finding("body", BODY, "two.\n\nThird")) == ["paragraph 2"]
    assert names(finding("body", BODY, "two", severity="warning")) == []
    assert names(finding("body", BODY, "two", severity="warning", code="TOP001")) == ["paragraph 2"]
    assert names(finding("body", BODY, "two", severity="info", code="TOP001")) == []
    assert names(finding("tags", "a, b", "b")) == ["tags"]
    assert names(finding("body", BODY, BODY, code="STR002")) == []
    assert names(finding("body", BODY, "Third"), finding("headline", "h", "h")) == ["headline", "paragraph 3"]


def test_only_what_was_asked_for_is_put_back() -> None:
    passages = [Passage("paragraph 2", "Second two.", ()), Passage("tags", "a, b", ())]
    rows = [("paragraph 2", "New\n\nwords."), ("paragraph 3", "x"), ("tags", "#a, c,c , ")]
    reply = json.dumps({"passages": [{"name": name, "text": text} for name, text in rows]})
    assert apply_repair(TAKE, reply, passages=passages, related=()) == TAKE.model_copy(
        update={"body": "First one.\n\nNew words.\n\nThird three.", "tags": ("a", "c")}
    )


def test_fewer_errors_go_before_fewer_warnings_before_length() -> None:
    shape = Settings().take
    sound = build(SOUND).take

    def ranked(errors: int, warnings: int, words: int) -> tuple[int, int, int, int]:
        return rank(Report(verdict="fail", counts={"error": errors, "warning": warnings}, words={"body": words}), shape)

    assert (
        ranked(0, 5, 100) < ranked(1, 0, 600)
        and ranked(1, 1, 100) < ranked(1, 2, 600)
        and ranked(1, 1, 600) < ranked(1, 1, 100)
    )
    assert rank(check(sound, CheckContext(SOURCE, RELATED)), shape) == (0, 0, 0, 0)


def test_a_link_that_a_reader_found_right_is_not_repaired() -> None:
    words = TAKE.body.split(". ")[0]
    doubt = finding("body", TAKE.body, words, code="LNK008", severity="warning")
    link = LinkRecord(url=words, anchor="w", article_id="r9", status="archive")
    read = Claim(
        id="c", field="body", start=0, end=len(words), text=words, kind="statement", status="verified", by="model",
        evidence=(Evidence(document="r9", field="text", start=0, end=1, text="w"),),
    )  # fmt: skip
    doubted = report(doubt).model_copy(update={"links": (link,)})
    assert [one.name for one in passages_to_repair(TAKE, doubted, ())] == ["paragraph 1"]
    settled = doubted.model_copy(update={"claims": (read,)})
    assert passages_to_repair(TAKE, settled, ()) == []
    by_code = doubted.model_copy(update={"claims": (read.model_copy(update={"by": "code"}),)})
    assert passages_to_repair(TAKE, by_code, ()) != []


def test_a_warning_of_code_that_a_repair_left_is_not_paid_for_again() -> None:
    def found(severity: str = "warning", by: str | None = None) -> Finding:
        return finding("body", BODY, "two", severity=severity, code="FCT003").model_copy(update={"by": by})

    for one, again in ((found(), False), (found(by="a:reader"), True), (found("error"), True)):
        assert passages_to_repair(TAKE, report(one), ()) != []
        assert bool(passages_to_repair(TAKE, report(one), (), shown=(one,))) is again


def test_handles_are_not_counted_among_a_paragraphs_words() -> None:
    text = "word " * 87 + "word. {f9,f8}"
    short = Passage("paragraph 1", text, (finding("body", text, "word", code="STR004", severity="warning"),))
    assert "It has 88 words. Bring it to about 90" in repair_page([short])
