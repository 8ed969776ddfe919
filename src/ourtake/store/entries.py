"""Entries of feeds on their way into the store: new ones become stories or join one, known ones are compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from ourtake.documents import Source
from ourtake.store.dialect import parts
from ourtake.store.stories import NEW, PAGE, WAITING, Change, Compare, Matcher, SeenEntry, StoryText, story_id
from ourtake.store.tables import watch_changes, watch_items, watch_stories

MOST_TEXT = 40_000
"""Characters of an entry that are kept for comparison."""
_MATCHED_DAYS = 4
"""Stories of this many days are compared with new entries."""


def save_entries(
    connection: Connection,
    feed: str,
    entries: Sequence[SeenEntry],
    *,
    now: float,
    matcher: Matcher,
    compare: Compare,
) -> int:
    """Save the entries of a feed; how many stories are new."""
    known = items(connection, [entry.key for entry in entries])
    if any(entry.key not in known and not entry.old for entry in entries):
        matcher.learn(_newer_than(connection, matcher.last, now))
    fresh = 0
    for entry in entries:
        item = known.get(entry.key)
        if item is None:
            story = "" if entry.old else matcher.story_of(entry)
            if not story and not entry.old:
                story = _add_story(connection, entry, now=now, matcher=matcher)
                fresh += 1
            known[entry.key] = _add_item(connection, entry, feed, story, now)
        elif item["digest"] not in (PAGE, entry.digest) and item["story"] and not entry.old:
            _update_item(connection, item, entry, compare)
    return fresh


def items(connection: Connection, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The rows of those of the canonical addresses that were seen before."""
    found: dict[str, dict[str, Any]] = {}
    for part in parts(keys):
        rows = connection.execute(select(watch_items).where(watch_items.c.url.in_(part))).mappings()
        found |= {row["url"]: dict(row) for row in rows}
    return found


def _newer_than(connection: Connection, number: int, now: float) -> list[StoryText]:
    """The stories after a number that were seen in the last days."""
    statement = select(watch_stories).where(watch_stories.c.number > number).order_by(watch_stories.c.number)
    rows = connection.execute(statement.where(watch_stories.c.seen > now - _MATCHED_DAYS * 86_400)).mappings()
    return [
        _text_of(row["number"], row["id"], Source.model_validate_json(row["document"]), row["seen"]) for row in rows
    ]


def _text_of(number: int, id_: str, source: Source, seen: float) -> StoryText:
    return StoryText(number, id_, source.title, source.blurb, (source.outlet,), seen)


def _add_story(connection: Connection, entry: SeenEntry, *, now: float, matcher: Matcher) -> str:
    id_ = story_id(entry.key)
    values = {
        "id": id_,
        "seen": now,
        "decision": NEW,
        "reason": "",
        "beats": "",
        "draft_id": "",
        "process_id": 0,
        "day": "",
        "tries": 0,
        "next": 0.0,
        "checked": 0.0,
        "document": entry.source.model_dump_json(exclude_none=True),
    }
    key = connection.execute(insert(watch_stories).values(**values)).inserted_primary_key
    assert key is not None
    matcher.learn([_text_of(int(key[0]), id_, entry.source, now)])
    return id_


def _add_item(connection: Connection, entry: SeenEntry, feed: str, story: str, now: float) -> dict[str, Any]:
    values = {
        "url": entry.key,
        "story": story,
        "feed": feed,
        "outlet": entry.outlet,
        "address": entry.address,
        "title": entry.title,
        "text": "" if entry.old else entry.text[:MOST_TEXT],
        "digest": entry.digest,
        "seen": now,
    }
    connection.execute(insert(watch_items).values(**values))
    return values


def _update_item(connection: Connection, item: dict[str, Any], entry: SeenEntry, compare: Compare) -> None:
    """An entry that reads otherwise than before."""
    story = connection.execute(select(watch_stories).where(watch_stories.c.id == item["story"])).mappings().first()
    if story is None:
        return
    if story["draft_id"]:
        add_changes(connection, item["story"], compare(item["title"], item["text"], entry))
    elif story["decision"] in (NEW, WAITING) and story_id(entry.key) == item["story"]:
        document = entry.source.model_dump_json(exclude_none=True)
        mine = watch_stories.c.id == item["story"]
        connection.execute(update(watch_stories).where(mine).values(document=document))
    kept = entry.text[:MOST_TEXT] if item["text"] else ""
    values = {"title": entry.title, "text": kept, "digest": entry.digest}
    connection.execute(update(watch_items).where(watch_items.c.url == entry.key).values(**values))


def add_changes(connection: Connection, story: str, changes: Sequence[Change]) -> int:
    """Add what happened to a story; what is known already is left out. Returns how many are new."""
    known = select(watch_changes.c.address, watch_changes.c.kind, watch_changes.c.text)
    there = {tuple(row) for row in connection.execute(known.where(watch_changes.c.story == story))}
    new = [one for one in changes if (one.address, one.kind, one.text) not in there]
    if new:
        connection.execute(insert(watch_changes), [{"story": story, **one._asdict()} for one in new])
    return len(new)
