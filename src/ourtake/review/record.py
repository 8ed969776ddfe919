"""The record of a sign-off: what was signed, on what evidence, by whom, and what had been done before.

It states what the desk recorded. docs/provenance.md says what that proves and what it does not prove.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ourtake import __version__
from ourtake.config import Settings
from ourtake.documents import Draft, Related, Revision, Source, Take
from ourtake.review.authorship import words_by_author
from ourtake.review.envelope import PREDICATE, STATEMENT, canonical, sealed
from ourtake.review.history import Proposal, Standing, standing_after
from ourtake.review.views import ClaimRow, DraftView
from ourtake.store.acts import Act
from ourtake.text.markdown import links

if TYPE_CHECKING:
    from ourtake.review.keys import KeyRing
    from ourtake.store import Store

CLOCK = "All times are those of the signing computer's own clock. Nobody else vouches for them."


class RecordSealer:
    """Makes the records of one store, signed with the key of this computer. See Sealer in steps.py."""

    def __init__(self, store: Store, settings: Settings, keys: KeyRing) -> None:
        self._store = store
        self._settings = settings
        self._keys = keys

    def seal(self, view: DraftView, chain: Sequence[Act], revisions: Sequence[Revision]) -> tuple[str, str]:
        """The envelope as JSON, and the hash of its payload. Raises InputError if there is no usable key."""
        statement = statement_of(
            view, chain, revisions, settings=self._settings, models=models_asked(self._store, view.draft.id)
        )
        return sealed(statement, self._keys.private())


def statement_of(
    view: DraftView,
    chain: Sequence[Act],
    revisions: Sequence[Revision],
    *,
    settings: Settings,
    models: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """The in-toto statement about the view's revision. `chain`: all acts, the sign-off last."""
    draft, standing, number = view.draft, standing_after(chain), view.revision.number
    predicate = {
        "draft": draft.id,
        "revision": number,
        "publication": {"name": settings.publication.name, "url": settings.publication.url},
        **_people(standing, chain, revisions, number),
        **_text(view),
        "source": _source(draft.source),
        **_checked(view, settings),
        "proposals": [_proposal(one) for one in standing.proposals.values()],
        "models": list(models),
        "acts": {"count": len(chain), "head": chain[-1].digest, "listed": [_act(act) for act in chain]},
        "clock": CLOCK,
    }
    subject = {"name": f"{draft.id}/{number}", "digest": {"sha256": content_digest(view.take)}}
    return {"_type": STATEMENT, "subject": [subject], "predicateType": PREDICATE, "predicate": predicate}


def _people(standing: Standing, chain: Sequence[Act], revisions: Sequence[Revision], number: int) -> dict[str, Any]:
    """Who signed this revision, what was corrected, whose words it has and how long they worked on it."""
    signed = [one for one in standing.signatures if one.revision == number]
    return {
        "responsible": [one.model_dump(mode="json", exclude={"revision"}) for one in signed],
        "corrections": [one.model_dump(mode="json") for one in standing.corrections],
        "people": {
            "words": words_by_author(revisions, chain, number),
            "active_seconds": {name: round(seconds, 1) for name, seconds in standing.active_seconds.items()},
        },
    }


def _text(view: DraftView) -> dict[str, Any]:
    """What readers get."""
    return {"take": _fields(view.take), "links": links_of(view.take)}


def _checked(view: DraftView, settings: Settings) -> dict[str, Any]:
    """What was checked, by which rules, and what a person let stand."""
    title = _titles(view.draft)
    let_stand = [row.override for row in view.findings if row.override is not None]
    return {
        "claims": [_claim(row, title) for row in view.claims],
        "claim_counts": view.counts,
        "findings": [row.finding.model_dump(include={"code", "severity", "text"}) for row in view.findings],
        "let_stand": [one.model_dump(mode="json", exclude={"key"}) for one in let_stand],
        "checks": {"version": __version__, "rules": rules_digest(settings)},
    }


def _act(act: Act) -> dict[str, Any]:
    return {
        "number": act.number,
        "kind": act.kind,
        "by": act.by,
        "at": act.at,
        "from": act.before,
        "to": act.after,
    }


def content_digest(take: Take) -> str:
    """The hexadecimal SHA-256 of what readers get: every field and the target of every link."""
    return hashlib.sha256(canonical({**_fields(take), "links": links_of(take)})).hexdigest()


def _fields(take: Take) -> dict[str, str | list[str]]:
    return {"headline": take.headline, "summary": take.summary, "body": take.body, "tags": list(take.tags)}


def links_of(take: Take) -> list[dict[str, str]]:
    """The words and targets of a take's links, in order."""
    return [{"words": one.anchor, "target": one.target} for text in (take.summary, take.body) for one in links(text)]


def models_asked(store: Store, draft_id: str) -> list[dict[str, Any]]:
    """The models that were called for a draft, for which tasks, and the hashes of what was sent."""
    return [
        {
            "model": f"{call.start.provider}:{call.start.model}",
            "task": call.start.task,
            "started": call.started,
            "state": call.state,
            "request": call.start.request_hash,
            "prompt": hashlib.sha256(call.start.prompt.encode("utf-8", "surrogatepass")).hexdigest(),
        }
        for call in store.calls(draft_id)
    ]


def rules_digest(settings: Settings) -> str:
    """A hash of the rules that checked the text: their codes, what they say that they look for, and the settings."""
    from ourtake.checks.registry import RULES

    rows = [[rule.code, rule.name, rule.severity, rule.looks_for, rule.package] for rule in RULES.values()]
    used = settings.model_dump(mode="json", include={"checks", "style", "topic", "take"})
    return hashlib.sha256(canonical([rows, used])).hexdigest()


def _titles(draft: Draft) -> Callable[[str], dict[str, str]]:
    known: dict[str, Related] = {item.id: item for item in draft.related}

    def named(document: str) -> dict[str, str]:
        if document == "source":
            return {"title": draft.source.title, "url": draft.source.url}
        item = known.get(document)
        return {"title": item.title, "url": item.url} if item is not None else {}

    return named


def _source(source: Source) -> dict[str, Any]:
    """The source, and a hash of the words of it that the desk had."""
    had = canonical([source.title, source.blurb, source.text or ""])
    named = {"title": source.title, "outlet": source.outlet, "url": source.url, "published": source.published}
    return named | {"sha256": hashlib.sha256(had).hexdigest()}


def _claim(row: ClaimRow, titles: Callable[[str], dict[str, str]]) -> dict[str, Any]:
    """A claim with its evidence as the person saw it when deciding; of one without a decision, as it is now."""
    decision = row.decision
    claim = decision.claim if decision is not None else row.claim
    decided = decision.model_dump(mode="json", exclude={"claim", "key"}) if decision is not None else None
    return {
        "kind": row.claim.kind,
        "field": row.claim.field,
        "text": claim.text,
        "machine": {"status": claim.status, "by": claim.by, "codes": list(claim.codes)},
        "evidence": [
            one.model_dump(include={"document", "field", "text"}) | titles(one.document) for one in claim.evidence
        ],
        "decision": decided,
    }


def _proposal(one: Proposal) -> dict[str, Any]:
    taken = [piece.after for piece in one.pieces if one.decided.get(piece.number) == "take"]
    dropped = [piece.after for piece in one.pieces if one.decided.get(piece.number) != "take"]
    return {
        "kind": one.kind,
        "by": one.by,
        "asked_by": one.asked_by,
        "at": one.at,
        "note": one.note,
        "state": one.state,
        "taken": taken if one.state == "finished" else [],
        "dropped": dropped if one.state == "finished" else [piece.after for piece in one.pieces],
    }
