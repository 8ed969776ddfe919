"""The queue: every draft, with what an editor needs to choose one."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from ourtake.web.pages import STATE_NAMES, page, query, service_of, whole_number

ROWS = 50
"""Drafts on one page of the queue."""


def queue(request: Request) -> Response:
    """GET /?q=WORDS&state=STATE&from=NUMBER."""
    desk = service_of(request).desk
    words, state = request.query_params.get("q", "")[:200].strip(), request.query_params.get("state", "")
    start = whole_number(request.query_params.get("from", "")) or 0
    counts = desk.counts(search=words)
    state = state if state in STATE_NAMES else ""
    rows = desk.queue(states=(state,) if state else (), search=words, limit=ROWS + 1, offset=start)
    states = [("", "All", sum(counts.values()))]
    states += [(key, name, counts[key]) for key, name in STATE_NAMES.items() if counts.get(key)]
    more = {"q": words, "state": state}
    return page(
        request,
        "queue",
        rows=rows[:ROWS],
        notices=desk.store.watch.notices([row.draft_id for row in rows[:ROWS]]),
        total=sum(counts.values()),
        states=states,
        state=state,
        q=words,
        earlier=query(**more, **{"from": max(0, start - ROWS)}) if start else "",
        later=query(**more, **{"from": start + ROWS}) if len(rows) > ROWS else "",
    )
