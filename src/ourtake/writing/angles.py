"""Angles to choose from before a take is written: the plan of a story, kept in the ledger.

The plan is stored as the answer to its request, under a hash of the source, the articles offered and the prompt. A
draft that makes the same request gets the same plan and does not pay for it again; if anything has changed, there is
none.
"""

from __future__ import annotations

from typing import NamedTuple

from ourtake.archive.lookup import Archive
from ourtake.config import Settings
from ourtake.documents import Draft, Plan, Related, Source
from ourtake.providers.base import Request, name_of
from ourtake.providers.ledger import request_hash
from ourtake.values import utc_now
from ourtake.writing.pipeline import look_up
from ourtake.writing.planning import plan_draft
from ourtake.writing.prompts import Prompts, request_for
from ourtake.writing.session import Pipeline, Session, Wishes


class Planned(NamedTuple):
    """A plan, None where the model made none that can be used; the articles it was made from; what there is to say."""

    plan: Plan | None
    related: tuple[Related, ...]
    notes: tuple[str, ...]


async def angles_of(source: Source, pipeline: Pipeline, *, draft_id: str, wishes: Wishes) -> Planned:
    """The plan of a story. Raises ProviderError and LimitError."""
    brief = look_up(source, archive=pipeline.archive, settings=pipeline.settings)
    draft = Draft(id=draft_id, status="writing", source=source, created=utc_now(), run=pipeline.run)
    session = Session(pipeline, draft, brief, wishes=wishes, quick=False)
    plan = await plan_draft(session)
    return Planned(plan, session.brief.related, tuple(session.notes))


def plan_request_for(
    source: Source, *, angles: int, model: str, archive: Archive, prompts: Prompts, settings: Settings
) -> Request:
    """The request for the plan of a story, as a draft makes it."""
    brief = look_up(source, archive=archive, settings=settings)
    prompt = prompts.plan(prompts.story(source, brief.related), angles=angles)
    return request_for("plan", prompt, model=model, brief=brief, settings=settings)


def plan_is_stored(source: Source, pipeline: Pipeline, *, angles: int) -> bool:
    """Whether the ledger has the answer to that request."""
    request = plan_request_for(
        source,
        angles=angles,
        model=pipeline.provider.model,
        archive=pipeline.archive,
        prompts=pipeline.prompts,
        settings=pipeline.settings,
    )
    hashed = request_hash(pipeline.provider.name, pipeline.provider.model, request)
    return bool(pipeline.store.answered_hashes([hashed]))


def writer(pipeline: Pipeline) -> str:
    """Who plans."""
    return name_of(pipeline.provider)
