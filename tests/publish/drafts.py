"""Drafts for the tests of the formats."""

from __future__ import annotations

from typing import Any

from ourtake.documents import Draft

FIRST = "https://paper.example/2026/03/the-outage-ledger/"
SECOND = "https://paper.example/2025/12/who-pays/"


def made_draft(**changes: Any) -> Draft:
    """A draft by a model, with a summary, two links and two tags; keys of its take in `changes` go there."""
    take = {
        "headline": "Who pays for the wait & the wires",
        "summary": "The regulator asked \u201cwho pays?\u201d \u2013 and nobody answered.",
        "body": f"We asked it *first*, in [the ledger]({FIRST}).\n\nThen we asked [again]({SECOND}).\n\nWho answers?",
        "tags": ["power", "R&D"],
    }
    take |= {name: changes.pop(name) for name in list(changes) if name in take}
    counts = {"verified": 3, "differs": 0, "not-found": 1, "not-checked": 4, "opinion": 0}
    statuses = [status for status, count in counts.items() for _ in range(count)]
    words = {"field": "headline", "start": 0, "end": 3, "text": str(take["headline"])[:3], "kind": "statement"}
    claims = [{"id": f"c{number}", "status": status, **words} for number, status in enumerate(statuses, 1)]
    report = {"verdict": "pass", "claim_counts": counts, "claims": claims}
    revision = {
        "number": 1,
        "take": take,
        "by": changes.pop("by", "openai:gpt-6.2-sol"),
        "report": report,
        "created": "2026-09-09T08:00:00+00:00",
    }
    source = {
        "title": "Regulator gives Ferrow six weeks",
        "outlet": "The Tidewater Post",
        "url": "https://tidewaterpost.example/2026/09/ferrow",
        "blurb": "The regulator has given it six weeks.",
        "published": "2026-09-08",
    }
    source |= changes.pop("source", {})
    related = [
        {"id": "1", "url": FIRST, "title": "The Outage Ledger", "published": "2026-03-31"},
        {"id": "2", "url": SECOND, "title": "Who Pays?"},
        {"id": "3", "url": "https://paper.example/unlinked/", "title": "Not linked"},
    ]
    draft = {"id": "3f2a9c1d7b60", "status": "ready", "source": source, "related": related, "revisions": [revision]}
    return Draft.model_validate(draft | changes)


def revised(draft_id: str = "3f2a9c1d7b60", **changes: Any) -> Draft:
    """The draft with a second revision, which has the changes; a stored revision is never rewritten."""
    first, second = made_draft(id=draft_id), made_draft(id=draft_id, **changes)
    revision = second.revisions[0].model_copy(update={"number": 2})
    return second.model_copy(update={"revisions": (*first.revisions, revision), "chosen": 2})
