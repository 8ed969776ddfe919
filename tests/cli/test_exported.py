"""A draft, its check and the check of its exported file agree, with the store and without it (as before a commit),
through the command.
"""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ourtake.documents import Draft
from ourtake.store.store import Store
from tests.conftest import Run

LEDGER = "https://lanternquarter.example/2026/03/the-outage-ledger/"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder without a store, an archive or settings."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


def report(run: Run, name: str | Path, folder: Path) -> dict[str, Any]:
    done = run("check", str(name), "--format", "json", folder=folder)
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (found["verdict"] == "fail")
    return found


def errors(found: dict[str, Any]) -> list[str]:
    return sorted(item["code"] for item in found["findings"] if item["severity"] == "error")


def drafted(run: Run, paper: Path, source: str) -> dict[str, Any]:
    done = run("draft", source, "--json", folder=paper)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def exported(run: Run, paper: Path, draft_id: str, folder: Path) -> Path:
    file = folder / f"{draft_id}.md"
    assert run("export", draft_id, "-o", str(file), folder=paper).returncode == 0
    return file


def rewritten(paper: Path, given: dict[str, Any], *, body: str, **source: str) -> Draft:
    """The draft, stored under another id with another body and more known of its source, as an editor's revision would
    be.
    """
    draft = Draft.model_validate(given)
    revision = draft.standing()
    assert revision is not None
    take = revision.take.model_copy(update={"body": body})
    kept = {
        "revisions": (revision.model_copy(update={"take": take}),),
        "source": draft.source.model_copy(update=source),
    }
    made = draft.model_copy(update={"id": "feed" + draft.id[:8], **kept})
    with Store.open(f"sqlite:///{paper / 'ourtake.db'}") as store:
        asyncio.run(store.save_draft(made))
    return made


def body_of(draft: dict[str, Any]) -> str:
    return next(str(one["take"]["body"]) for one in draft["revisions"] if one["number"] == draft["chosen"])


@pytest.mark.parametrize(
    "source", ["01-data-centre-power.md", "03-unlabelled-articles.md", "06-newsletter-prices.md", "07-sponge.md"]
)
def test_a_draft_and_its_file_have_the_same_errors(run: Run, paper: Path, elsewhere: Path, source: str) -> None:
    draft = drafted(run, paper, f"sources/{source}")
    file = exported(run, paper, draft["id"], elsewhere)
    by_id, with_store, without = report(run, draft["id"], paper), report(run, file, paper), report(run, file, elsewhere)
    own = next(one["report"] for one in draft["revisions"] if one["number"] == draft["chosen"])
    assert errors(own) == errors(by_id) == errors(with_store) == errors(without) == []
    assert by_id["findings"] == with_store["findings"]
    quoted = [item for item in without["findings"] if item["code"] == "QUO001"]
    # Without an article there is nothing that could not be checked.
    assert bool(quoted) == bool(draft["related"]) and all("Could not check" in item["message"] for item in quoted)


def test_what_is_taken_from_an_article_that_is_not_linked_is_found_again(
    run: Run, paper: Path, elsewhere: Path
) -> None:
    given = drafted(run, paper, "sources/01-data-centre-power.md")
    offered = given["related"][0]
    with Store.open(f"sqlite:///{paper / 'ourtake.db'}") as store:
        article = store.article(offered["id"])
    assert article is not None
    words = " ".join(article.text.split("\n\n")[0].split()[3:14])
    unlinked = re.sub(rf"\[([^\]]*)\]\({re.escape(offered['url'])}\)", r"\1", body_of(given))
    draft = rewritten(paper, given, body=f"It bears repeating: \u201c{words}\u201d. {unlinked}")
    file = exported(run, paper, draft.id, elsewhere)
    front = yaml.safe_load(file.read_text(encoding="utf-8").split("---\n")[1])
    assert offered["url"] in [item["url"] for item in front["offered"]] and offered["url"] not in [
        item["url"] for item in front["related"]
    ]
    assert "QUO001" not in errors(report(run, draft.id, paper)) + errors(report(run, file, paper)) + errors(
        report(run, file, elsewhere)
    )


def test_the_text_of_the_source_is_left_out_and_said_to_be(run: Run, paper: Path, elsewhere: Path) -> None:
    long = {"text": "Nobody at the yard was asked about it, said the clerk Orla Penhallow.", "author": "Ines Calder"}
    given = drafted(run, paper, "sources/01-data-centre-power.md")
    said = (
        "The Tidewater Post says that \u201cnobody at the yard was asked about it\u201d, as Orla Penhallow told "
        "Ines Calder. "
    )
    draft = rewritten(paper, given, body=said + body_of(given), **long)
    file = exported(run, paper, draft.id, elsewhere)
    front = file.read_text(encoding="utf-8").split("---\n")[1]
    assert "text_left_out: true" in front and "Penhallow" not in front
    assert errors(report(run, draft.id, paper)) == errors(report(run, file, paper))
    assert "QUO001" not in errors(report(run, file, elsewhere)) + errors(report(run, file, paper))
    file.write_text(file.read_text(encoding="utf-8").replace("  text_left_out: true\n", ""), encoding="utf-8")
    assert "QUO001" in errors(report(run, file, elsewhere))


FAULTS = {
    "given to the source": (
        "The Tidewater Post says that \u201cnobody in the town was ever told about any of it\u201d. ",
        "QUO001",
        "error",
    ),
    "given to nobody": (
        "One line stays: \u201cnobody in the valley was ever shown the meter at all\u201d. ",
        "QUO001",
        "info",
    ),
    "a number": ("The halls would take 4,317 households' worth of it. ", "FCT001", "info"),
    "a name": ("The letter was signed by Helena Marchetti for the regulator. ", "FCT002", "info"),
    "a link to nowhere": ("See [the trench](https://lanternquarter.example/2025/01/the-trench/). ", "LNK002", "info"),
    "a link elsewhere": ("See [the trench](https://elsewhere.example/the-trench/). ", "LNK002", "error"),
    "a cut title": ("See [A Retired Postman's Ledger of Every Power ...](" + LEDGER + "). ", "LNK003", "error"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_put_into_the_file_is_an_error_where_it_can_be_proved(
    run: Run, paper: Path, elsewhere: Path, fault: str
) -> None:
    sentence, code, severity = FAULTS[fault]
    file = exported(run, paper, drafted(run, paper, "sources/01-data-centre-power.md")["id"], elsewhere)
    front, body = file.read_text(encoding="utf-8").rsplit("---\n\n", 1)
    file.write_text(f"{front}---\n\n{sentence}{body}", encoding="utf-8")
    assert code in errors(report(run, file, paper))
    found = [
        item
        for item in report(run, file, elsewhere)["findings"]
        if item["code"] == code and item["end"] <= len(sentence)
    ]
    assert [item["severity"] for item in found if item["field"] == "body"] == [severity]


def test_a_later_article_is_an_error_without_the_store(run: Run, paper: Path, elsewhere: Path) -> None:
    file = exported(run, paper, drafted(run, paper, "sources/01-data-centre-power.md")["id"], elsewhere)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("published: '2026-03-31'", "published: '2026-12-31'"), encoding="utf-8")
    assert "LNK010" in errors(report(run, file, elsewhere))
