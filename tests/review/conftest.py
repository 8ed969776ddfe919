"""A desk over a store of its own, with the real rules, and a draft whose take has findings, a fix and two links."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from ourtake.config import Settings
from ourtake.documents import Draft, Related, Revision, Source, Take
from ourtake.review.rechecking import rechecker
from ourtake.review.session import Desk, Session
from ourtake.store import Store

SOURCE = Source(
    title="Council delays the harbour bridge",
    outlet="The Tidewater Post",
    url="https://tidewater.example/bridge",
    blurb="The bridge comes in 2031. “We will build it when the money is really there,” said Mayor Dole.",
    published="2026-05-01",
)
RELATED = tuple(
    Related(
        id=f"r{number}",
        url=f"https://paper.example/{number}",
        title=title,
        text=f"{title}. The ferry carried {number}00 people a day in 2024.",
        handle=f"a{number}",
    )
    for number, title in enumerate(("What the ferry costs", "A bridge too late", "Harbour money"), 1)
)
BODY = (
    "🙂 The Tidewater Post reports a delay. “We will build it when the money is there,” said Mayor Dole.\n\n"
    "We wrote about it in [What the ferry costs](https://paper.example/1) last year. The ferry carried 100 people.\n\n"
    "The council should say why. Nobody knows what it waits for."
)
TAKE = Take(headline="The bridge can wait", summary="The council is late.", body=BODY, tags=("bridge", "harbour"))


def new_draft(draft_id: str = "d1", take: Take = TAKE, settings: Settings | None = None) -> Draft:
    """A draft as a model left it."""
    draft = Draft(id=draft_id, status="needs-work", source=SOURCE, related=RELATED, model="openai:test",
                  created="2026-05-02T08:00:00+00:00", cost_usd=0.012)  # fmt: skip
    report = rechecker(settings or Settings(), None)(draft, take, ())
    revision = Revision(number=1, take=take, by="openai:test", report=report, created=draft.created)
    return draft.model_copy(update={"revisions": (revision,)})


@pytest.fixture
def store(store_address: str) -> Iterator[Store]:
    with Store.open(store_address) as opened:
        yield opened


@pytest.fixture
def desk(store: Store) -> Desk:
    asyncio.run(store.save_draft(new_draft()))
    return Desk(store, rechecker(Settings(), None))


@pytest.fixture
def session(desk: Desk) -> Session:
    return desk.open("d1")


def decide_all(session: Session, by: str = "Ann Reed") -> None:
    """Show and decide every claim, and let every error stand."""
    for row in session.view().claims:
        if row.needed and row.decision is None:
            session.show(row.id, by=by)
            session.decide(row.id, "right", by=by)
    for finding in session.view().findings:
        if finding.finding.severity == "error" and finding.override is None:
            session.let_stand(finding.id, "The mayor confirmed it by telephone.", by=by)
