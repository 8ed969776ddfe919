"""docs/formats.md has every key of the documents, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from ourtake import documents
from ourtake.publish.markdown import render
from ourtake.publish.piece import Correction, ExportContext, SignOff
from tests.publish.drafts import made_draft, revised

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "formats.md").read_text(encoding="utf-8")


def keys_of(title: str) -> dict[str, bool]:
    """The keys that a section of the page lists, with whether they are marked as required."""
    section = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return {name: bool(star) for name, star in re.findall(r"^\| `(\w+)`( \*)? \|", section, re.MULTILINE)}


@pytest.mark.parametrize("name", ["Source", "Article", "Take", "Draft", "Revision", "Report", "Finding", "Claim"])
def test_the_page_has_every_key_of_a_document(name: str) -> None:
    model: type[BaseModel] = getattr(documents, name)
    assert keys_of(name) == {key: field.is_required() for key, field in model.model_fields.items()}


def test_the_page_has_every_key_of_published_markdown() -> None:
    found: set[str] = set()
    told: set[str] = set()
    signed = ExportContext("The Lantern Quarter", signed=SignOff("Ines Calder", "2026-09-10", "desk@paper.example"))
    killed = {"state": "killed", "since": "2026-09-20T10:00:00+00:00"}
    edited = revised(headline="Who pays?")
    edited = edited.model_copy(
        update={"revisions": (edited.revisions[0], edited.revisions[1].model_copy(update={"by": "Ines Calder"}))}
    )
    makers = ("Ines Calder", "openai:gpt-6.1-sol")
    hands = [one.model_copy(update={"by": by}) for one, by in zip(edited.revisions, makers, strict=True)]
    rewritten = edited.model_copy(update={"revisions": tuple(hands)})
    for draft, context in (
        (made_draft(form="short"), ExportContext()),
        (edited, ExportContext()),
        (rewritten, ExportContext()),
        (made_draft(), signed._replace(corrections=(Correction("2026-09-21", "It was 12."),))),
        (made_draft(review=killed), signed),
    ):
        front = yaml.safe_load(render(draft, context).split("---\n")[1])
        found |= front.keys()
        told |= front["disclosure"].keys()
    assert set(keys_of("Published Markdown")) == found
    row = next(line for line in PAGE.splitlines() if line.startswith("| `disclosure` |"))
    assert set(re.findall(r"`(\w+)`", row)) == told | {"disclosure"}
