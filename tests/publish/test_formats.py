"""What leaves in each format: the label, corrections and kills, who is named, and nothing that a hostile take hides."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from lxml import html

from ourtake.documents import Draft
from ourtake.publish.formats import FORMATS, exported
from ourtake.publish.piece import Correction, ExportContext, SignOff
from tests.publish.drafts import FIRST, SECOND, made_draft

CONTEXT = ExportContext("The Lantern Quarter", "https://paper.example", "en")
SIGNED = CONTEXT._replace(signed=SignOff("Ines Calder", "2026-09-10", "desk@paper.example"))
FOR_READERS = [name for name in FORMATS if name != "json"]
NINJS = json.loads((Path(__file__).parent / "ninjs" / "ninjs-schema_3.1.json").read_text(encoding="utf-8"))
HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<b>ipt>alert(1)</scr</b>ipt>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "</script><script>alert(1)</script>",
    "</title></head><body onload=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](//evil.example/a)",
    "![x](https://evil.example/pixel.gif)",
    "<!-- wp:html --><iframe src=https://evil.example></iframe><!-- /wp:html -->",
    "<!--kg-card-begin: html--><iframe src=https://evil.example></iframe><!--kg-card-end: html-->",
    "[gallery ids=1] [embed]https://evil.example[/embed]",
    "--- \ntitle: other\n---",
    "{{ 7*7 }} ${7*7} <%= 7*7 %>",
]


def written(draft: Draft, name: str, context: ExportContext = CONTEXT) -> str:
    return exported(draft, FORMATS[name], context)


def killed(draft: Draft) -> Draft:
    review = {"state": "killed", "by": "Ines Calder", "since": "2026-09-20T10:00:00+00:00"}
    return Draft.model_validate(draft.model_dump() | {"review": review})


@pytest.mark.parametrize("name", FOR_READERS)
def test_what_nobody_approved_is_labelled_and_names_no_author(name: str) -> None:
    text = written(made_draft(), name)
    assert "AI-generated text. No editor has approved it." in text
    assert '"Person"' not in text and "By openai" not in text


def test_the_label_stands_next_to_the_headline() -> None:
    headline, label = html.fromstring(written(made_draft(), "html-fragment")).xpath("//header/*")
    assert headline.tag == "h1" and "AI" in label.text_content()
    assert list(yaml.safe_load(written(made_draft(), "markdown").split("---\n")[1]))[:2] == ["title", "label"]
    for name in ("wordpress", "ghost"):
        post = json.loads(written(made_draft(), name))
        content = post["content"] if name == "wordpress" else post["posts"][0]["html"]
        assert "AI-generated" in html.fromstring(f"<div>{content}</div>").xpath("//p")[0].text_content()


@pytest.mark.parametrize("name", FOR_READERS)
def test_what_a_person_signed_names_that_person_and_has_no_label(name: str) -> None:
    text = written(made_draft(), name, SIGNED)
    assert "No editor has approved it" not in text and "Ines Calder" in text


@pytest.mark.parametrize("name", FOR_READERS)
def test_a_person_who_wrote_but_did_not_sign_is_not_the_author(name: str) -> None:
    draft = made_draft()
    second = draft.revisions[0].model_copy(update={"number": 2, "by": "Ines Calder"})
    changed = draft.model_copy(update={"revisions": (*draft.revisions, second), "chosen": 2})
    text = written(changed, name)
    assert "AI-generated" in text and "By Ines" not in text and '"Person"' not in text
    if name == "ninjs":
        assert json.loads(text)["by"] == CONTEXT.publication


def by_hands(*hands: tuple[str, str]) -> Draft:
    """A draft whose revisions are of these makers, with these headlines."""
    first = made_draft().revisions[0]
    revisions = [
        first.model_copy(update={"number": at, "by": by, "take": first.take.model_copy(update={"headline": headline})})
        for at, (by, headline) in enumerate(hands, 1)
    ]
    return made_draft().model_copy(update={"revisions": tuple(revisions), "chosen": len(revisions)})


@pytest.mark.parametrize(
    "hands, label, written_by, edited_by, sentence, kind",
    [
        (
            [("baseline", "A"), ("Bo", "B")],
            "Assembled by software, without an AI model.", "baseline", "Bo",
            "Quotations arranged by software, without an AI model; edited by Bo; ", "humanEdits",
        ),
        # The edit was undone, so no word is Bo's.
        (
            [("baseline", "A"), ("Bo", "B"), ("Bo", "A")],
            "Assembled by software, without an AI model.", "baseline", None,
            "Quotations arranged by software, without an AI model; not approved", "algorithmicMedia",
        ),
        (
            [("openai:one", "A"), ("Bo", "B"), ("anthropic:two", "C"), ("ourtake check --fix", "D")],
            "AI-generated text.", "openai:one and anthropic:two", "Bo",
            "Written by openai:one and anthropic:two; edited by Bo; ", "compositeWithTrainedAlgorithmicMedia",
        ),
        # The first maker wrote it, whatever a model did to a part of it later.
        (
            [("Ann", "A"), ("openai:gpt", "B")], "AI-generated text.", "Ann", None,
            "Written by Ann; rewritten in part by openai:gpt; not approved", "compositeWithTrainedAlgorithmicMedia",
        ),
        (
            [("Ann", "A"), ("baseline", "B")], "Assembled by software, without an AI model.", "Ann", None,
            "Written by Ann; rewritten in part by software, without an AI model; ", "humanEdits",
        ),
        # A take that was made elsewhere by several.
        (
            [("openai:one and Bo", "A"), ("Ann", "B")], "AI-generated text.", "openai:one", "Bo and Ann",
            "Written by openai:one; edited by Bo and Ann; ", "compositeWithTrainedAlgorithmicMedia",
        ),
        ([("Bo", "A"), ("ourtake check --fix", "B")], None, "Bo", None, "Written by Bo; ", "digitalCreation"),
        (
            [("", "A")], "AI-generated text.", "a program without a name", None,
            "Written by a program without a name; ", "trainedAlgorithmicMedia",
        ),
    ],
)  # fmt: skip
def test_readers_are_told_what_wrote_a_take_and_who_edited_it(
    hands: list[tuple[str, str]], label: str | None, written_by: str, edited_by: str | None, sentence: str, kind: str
) -> None:
    draft = by_hands(*hands)
    front = yaml.safe_load(written(draft, "markdown").split("---\n")[1])
    assert front.get("label", "").partition(" No editor")[0] == (label or "")
    assert (front["disclosure"]["written_by"], front["disclosure"].get("edited_by")) == (written_by, edited_by)
    found = json.loads(written(draft, "jsonld"))
    assert sentence in found["backstory"] and found["digitalSourceType"].endswith(f"/{kind}")


@pytest.mark.parametrize("name", FOR_READERS)
def test_a_killed_take_leaves_without_its_text(name: str) -> None:
    text = written(killed(made_draft()), name, SIGNED)
    assert "withdrawn on 2026-09-20" in text
    assert "Who answers?" not in text and FIRST not in text and "nobody answered" not in text


@pytest.mark.parametrize("name", FOR_READERS)
def test_a_correction_is_shown(name: str) -> None:
    context = SIGNED._replace(corrections=(Correction("2026-09-21", "It was 12 homes, not 120."),))
    draft = made_draft(review={"state": "corrected", "by": "Ines Calder", "since": "2026-09-21T10:00:00+00:00"})
    assert "It was 12 homes, not 120." in written(draft, name, context)


def test_jsonld_says_what_the_take_rests_on() -> None:
    found = json.loads(written(made_draft(), "jsonld"))
    assert found["@type"] == "OpinionNewsArticle" and found["isBasedOn"]["url"].startswith("https://tidewaterpost")
    assert [one["url"] for one in found["citation"]] == [FIRST, SECOND]
    assert found["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert "of 8 claims 3 verified, 0 differ, 1 not found, 4 not checked, 0 opinion." in found["backstory"]
    assert found["author"]["@type"] == "NewsMediaOrganization"
    signed = json.loads(written(made_draft(), "jsonld", SIGNED))
    assert signed["author"] == {"@type": "Person", "name": "Ines Calder"}


@pytest.mark.parametrize("context", [CONTEXT, SIGNED, ExportContext()])
@pytest.mark.parametrize(
    "draft",
    [made_draft(), killed(made_draft()), made_draft(source={"url": "not an address"}), made_draft(headline=HOSTILE[0])],
)
def test_ninjs_is_valid(draft: Draft, context: ExportContext) -> None:
    found = json.loads(written(draft, "ninjs", context))
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    validator = jsonschema.Draft202012Validator(NINJS, format_checker=checker)
    assert [error.message for error in validator.iter_errors(found)] == []
    # The checker is on, and able to judge dates and addresses.
    assert list(validator.iter_errors(found | {"versionCreated": "yesterday"}))
    assert list(validator.iter_errors(found | {"uri": "no address"}))


def hostile(words: str) -> dict[str, Any]:
    """The fields of a draft, each made of these words."""
    source = {"title": words, "outlet": words, "url": words, "blurb": words}
    return {"headline": words, "summary": words, "body": words, "tags": [words], "source": source}


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("name", FOR_READERS)
def test_a_hostile_take_brings_no_markup_and_no_other_address(name: str, words: str) -> None:
    holds_no_other_markup(written(made_draft(**hostile(words)), name), name)


@pytest.mark.parametrize("field", ["headline", "summary", "body", "tags", "source"])
@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("name", FOR_READERS)
def test_a_hostile_field_brings_no_markup_and_no_other_address(name: str, words: str, field: str) -> None:
    holds_no_other_markup(written(made_draft(**{field: hostile(words)[field]}), name), name)


def holds_no_other_markup(text: str, name: str) -> None:
    """Fail where an export in the format `name` has markup or addresses that are not ours."""
    for page in pages_in(text, name):
        tree = html.fromstring(f"<div>{page}</div>" if not page.startswith("<!DOCTYPE") else page)
        scripts = tree.xpath(
            "//script[not(@type='application/ld+json')] | //iframe | //img | //svg | //object | //embed"
        )
        assert not scripts
        assert not [name for element in tree.iter() for name in element.attrib if str(name).startswith("on")]
        targets = tree.xpath("//@href | //@src")
        assert all(re.match(r"https?://(paper|tidewaterpost|evil)\.example/", target) for target in targets)
        assert not tree.xpath("//a[starts-with(@href, 'https://evil.example/pixel')]")
        for block in tree.xpath("//script[@type='application/ld+json']"):
            json.loads(block.text)
    if name == "wordpress":
        words_only = re.sub(r"<[^>]*>", "", json.loads(text)["content"])
        assert "[" not in words_only and "://" not in words_only
        assert not re.search(r"<!-- /?wp:(?!paragraph|html )", json.loads(text)["content"])
    if name == "markdown":
        front = yaml.safe_load(text.split("---\n")[1])
        assert front["source"] and front["title"] != "other"


def pages_in(text: str, name: str) -> list[str]:
    """The pieces of HTML in an export."""
    if name in ("html", "html-fragment"):
        return [text]
    if name == "ninjs":
        return [body["value"] for body in json.loads(text)["bodies"] if body["contentType"] == "text/html"]
    if name == "wordpress":
        post = json.loads(text)
        return [post["content"], post["title"], post["excerpt"]]
    return [json.loads(text)["posts"][0]["html"]] if name == "ghost" else []
