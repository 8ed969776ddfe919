"""How watching looks: times, feeds and stories, as text and as JSON."""

from __future__ import annotations

import datetime
import time
from typing import TYPE_CHECKING, Any

from ourtake.cli import lazy

if TYPE_CHECKING:
    from ourtake.store.feeds import FeedRow
    from ourtake.store.stories import DraftNotice, StoryRow
    from ourtake.watch.taking import Taken
    from ourtake.watch.watcher import Round, Weighed


def one_line(reason: str) -> str:
    """A reason, with the result, as one line."""
    return " ".join(reason.split())


def ago(moment: float) -> str:
    """A time as "3 min ago" or "in 2 h"."""
    seconds = time.time() - moment
    size = abs(seconds)
    for unit, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if size >= unit:
            text = f"{size / unit:.0f} {name}"
            break
    else:
        text = f"{size:.0f} s"
    return f"{text} ago" if seconds >= 0 else f"in {text}"


def iso(moment: float) -> str | None:
    """A time in ISO 8601, None for never."""
    if not moment:
        return None
    return datetime.datetime.fromtimestamp(moment, datetime.UTC).isoformat(timespec="seconds")


def feed_json(row: FeedRow, *, watched: bool) -> dict[str, Any]:
    """A feed as JSON."""
    given = {name: getattr(row, name) for name in ("url", "kind", "status", "failures", "error", "moved", "stories")}
    times = {"polled": iso(row.polled), "read": iso(row.read), "next": iso(row.next)}
    return given | times | {"new": row.fresh, "watched": watched}


def story_json(row: StoryRow, notice: DraftNotice | None = None) -> dict[str, Any]:
    """A story as JSON."""
    names = ("id", "decision", "reason", "score", "draft_id", "day", "tries")
    given = {name: getattr(row, name) for name in names} | {"seen": iso(row.seen)}
    beats = [beat for beat in row.beats.split(", ") if beat]
    source = row.source.model_dump(mode="json", exclude_none=True)
    said = notice_json(notice) | {"reason": row.reason}
    return given | {"beats": beats, "source": source} | said


def notice_json(notice: DraftNotice | None) -> dict[str, Any]:
    """What watching knows about a draft, as JSON."""
    if notice is None:
        return {}
    links = [link.model_dump() for link in notice.links]
    return {"reason": notice.reason, "links": links, "changes": [change._asdict() for change in notice.changes]}


def notice_lines(notice: DraftNotice) -> list[str]:
    """What watching knows about a draft, as lines: why it was written, its other links, what happened to the story."""
    lines = [f"Watched: {one_line(notice.reason)}"]
    if len(notice.links) > 1:
        also = ", ".join(f"{link.outlet} ({link.url})" for link in notice.links)
        lines.append(f"At {len(notice.links)} outlets: {also}")
    for change in notice.changes:
        outlet = next((link.outlet for link in notice.links if link.url == change.address), "The story")
        lines.append(
            f"! {change.at[:16].replace('T', ' ')} The story at {outlet} {lazy.watch_changes.in_words(change)}"
        )
    return lines


def weighed_line(one: Weighed) -> str:
    """A story that was weighed."""
    return f"{one.verdict.decision:<8}  {one.source.outlet}: {one.source.title}\n{'':10}{one.verdict.reason}"


def taken_line(taken: Taken) -> str:
    """A story that was taken up, and what happened to it."""
    why = f": {one_line(taken.reason)}" if taken.reason else ""
    return f"{taken.decision:<8}  draft {taken.story.draft_id}: {taken.story.source.title}{why}"


def round_json(done: Round) -> dict[str, Any]:
    """What a round did, as JSON."""
    return {
        "polled": [
            {"url": one.row.url, "status": one.row.status, "new": one.fresh, "error": one.row.error}
            for one in done.polled
        ],
        "weighed": [weighed_json(one) for one in done.weighed],
        "taken": [
            {"id": one.story.id, "decision": one.decision, "reason": one.reason, "draft": one.story.draft_id}
            for one in done.taken
        ],
        "changes": done.changes,
    }


def weighed_json(one: Weighed) -> dict[str, Any]:
    """A story that was weighed, as JSON."""
    verdict, source = one.verdict, one.source
    beats = [beat for beat in verdict.beats.split(", ") if beat]
    given = {"id": one.id, "decision": verdict.decision, "reason": verdict.reason, "score": verdict.score}
    return given | {"beats": beats, "outlet": source.outlet, "title": source.title, "url": source.url}
