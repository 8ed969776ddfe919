"""Stories that watching found in other outlets' feeds, their entries, what was decided, and what happened to them.

Whatever decides that a story is drafted (which entries are one story, whose turn it is, the day's number) happens
inside one transaction that writes: of two watchers only one can take a story, and one that was killed leaves a row from
which the next one continues the same draft.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from ourtake.documents import Source, SourceLink
from ourtake.store import entries, feeds, processes
from ourtake.store.database import Part
from ourtake.store.dialect import parts
from ourtake.store.feeds import FeedRow, HostTurn
from ourtake.store.stories import (
    AT_DESK,
    NEW,
    PAGE,
    PASSED,
    QUEUED,
    TAKEN,
    WAITING,
    Change,
    Compare,
    DraftNotice,
    Matcher,
    SeenEntry,
    StoryRow,
    Verdict,
    draft_id_of,
)
from ourtake.store.tables import watch_changes, watch_items, watch_stories


class WatchStore(Part):
    """Watching's part of one store."""

    def keep_feeds(self, rows: Sequence[FeedRow]) -> None:
        """Add feeds that the store does not know yet."""
        with self._writing() as connection:
            feeds.keep(connection, rows)

    def feeds(self) -> list[FeedRow]:
        """All feeds that were ever watched."""
        with self._reading() as connection:
            return feeds.listed(connection)

    def claim(self, urls: Collection[str], *, now: float, process_id: int) -> list[HostTurn]:
        """Take the hosts of those feeds that are due."""
        with self._writing() as connection:
            return feeds.claim(connection, urls, now=now, process_id=process_id)

    def take_hosts(self, hosts: Collection[str], *, process_id: int) -> dict[str, float]:
        """Take hosts whose pages are to be read; see feeds.take_hosts."""
        with self._writing() as connection:
            return feeds.take_hosts(connection, hosts, process_id=process_id)

    def release(self, hosts: Collection[str], *, asked: float, process_id: int) -> None:
        """Give hosts back."""
        with self._writing() as connection:
            feeds.release(connection, hosts, asked=asked, process_id=process_id)

    def poll_again(self, url: str) -> bool:
        """Let a feed be polled at the next round; whether there is one."""
        with self._writing() as connection:
            return feeds.poll_again(connection, url)

    def known(self, keys: Sequence[str]) -> dict[str, str]:
        """Those of the canonical addresses that were seen before, with the digests of their entries."""
        with self._reading() as connection:
            return {key: row["digest"] for key, row in entries.items(connection, keys).items()}

    def save_polls(
        self,
        polls: Sequence[tuple[FeedRow, Sequence[SeenEntry]]],
        *,
        now: float,
        process_id: int,
        matcher: Matcher,
        compare: Compare,
    ) -> list[int]:
        """Save polls: their feeds, new entries and their stories, and what changed of known ones; their hosts are given
        back. Returns how many stories are new, for each.
        """
        found = []
        with self._writing() as connection:
            for row, seen in polls:
                fresh = entries.save_entries(connection, row.url, seen, now=now, matcher=matcher, compare=compare)
                feeds.save(connection, row._replace(fresh=fresh, stories=row.stories + fresh))
                found.append(fresh)
            feeds.release(connection, {row.host for row, _ in polls}, asked=now, process_id=process_id)
        return found

    def feeds_of(self, stories: Sequence[str]) -> dict[str, list[str]]:
        """The addresses of the feeds in which each of these stories was seen."""
        found: dict[str, list[str]] = {story: [] for story in stories}
        with self._reading() as connection:
            for part in parts(stories):
                theirs = watch_items.c.story.in_(part)
                for row in connection.execute(select(watch_items.c.story, watch_items.c.feed).where(theirs)):
                    found[row.story].append(row.feed)
        return found

    def undecided(self) -> list[StoryRow]:
        """Stories of which nothing was decided yet, in the order in which they were seen."""
        return self.stories(decisions=(NEW,), limit=100_000, newest=False)

    def stories(
        self, *, decisions: Collection[str] = (), limit: int = 50, newest: bool = True, id_: str = ""
    ) -> list[StoryRow]:
        """Stories; `id_`: those whose ids, or whose drafts' ids, begin so."""
        number = watch_stories.c.number
        statement = select(watch_stories).order_by(number.desc() if newest else number).limit(limit)
        if decisions:
            statement = statement.where(watch_stories.c.decision.in_(decisions))
        if id_:
            columns = (watch_stories.c.id, watch_stories.c.draft_id)
            one, two = (column.startswith(id_, autoescape=True) for column in columns)
            statement = statement.where(one | two)
        with self._reading() as connection:
            return [_story(row) for row in connection.execute(statement).mappings()]

    def counts(self) -> dict[str, int]:
        """How many stories there are with each decision."""
        statement = select(watch_stories.c.decision, func.count()).group_by(watch_stories.c.decision)
        with self._reading() as connection:
            return {decision: count for decision, count in connection.execute(statement)}

    def decide(self, verdicts: Sequence[tuple[str, Verdict]]) -> set[str]:
        """Keep what was decided of new stories; the ids of those of which no other process had decided."""
        done = set()
        with self._writing() as connection:
            for story, verdict in verdicts:
                own = (watch_stories.c.id == story) & (watch_stories.c.decision == NEW)
                statement = update(watch_stories).where(own).values(**verdict._asdict())
                if connection.execute(statement).rowcount:
                    done.add(story)
                    if verdict.decision == PASSED:
                        connection.execute(update(watch_items).where(watch_items.c.story == story).values(text=""))
        return done

    def taken_on(self, day: str) -> int:
        """How many stories count on that day."""
        with self._reading() as connection:
            return _taken_on(connection, day)

    def take_up(self, *, now: float, day: str, process_id: int, most: int, story: str = "") -> StoryRow | None:
        """The story to work on next: one that a dead process had, else the best of those that wait, while fewer than
        `most` count on this day. None if there is none. `story`: a certain one, whatever was decided.
        """
        with self._writing() as connection:
            row = _wanted(connection, story) if story else _abandoned(connection, process_id)
            if row is None and not story and _taken_on(connection, day) < most:
                row = _best_waiting(connection, now)
            if row is None:
                return None
            again = row["decision"] == TAKEN
            values = {
                "decision": TAKEN,
                "draft_id": draft_id_of(row["id"]),
                "process_id": process_id,
                "day": row["day"] if again else day,
                # Whoever queued it has counted this try.
                "tries": row["tries"] + (row["decision"] != QUEUED),
            }
            connection.execute(update(watch_stories).where(watch_stories.c.id == row["id"]).values(**values))
            return _story({**row, **values}, _links(connection, row["id"]))

    def finish(self, story: str, decision: str, *, process_id: int, reason: str = "", next_try: float = 0.0) -> None:
        """Store the outcome of a story that this process has taken; one that goes back to waiting counts on no day."""
        values: dict[str, Any] = {"decision": decision, "next": next_try}
        if reason:
            values["reason"] = reason
        if decision == WAITING:
            values["day"] = ""
        own = (watch_stories.c.id == story) & (watch_stories.c.process_id == process_id)
        with self._writing() as connection:
            connection.execute(update(watch_stories).where(own, watch_stories.c.decision == TAKEN).values(**values))

    def leave_queue(self, story: str, decision: str, *, reason: str, next_try: float) -> None:
        """Decide of a story that is queued and that no process has taken; one that waits again or is passed over counts
        on no day.
        """
        values: dict[str, Any] = {"decision": decision, "reason": reason, "next": next_try}
        if decision in (WAITING, PASSED):
            values["day"] = ""
        own = (watch_stories.c.id == story) & (watch_stories.c.decision == QUEUED)
        with self._writing() as connection:
            connection.execute(update(watch_stories).where(own).values(**values))

    def expire(self, *, before: float, reason: str) -> int:
        """Pass over stories that wait since before that time; how many there were."""
        old = (watch_stories.c.decision == WAITING) & (watch_stories.c.seen < before)
        with self._writing() as connection:
            statement = update(watch_stories).where(old).values(decision=PASSED, reason=reason)
            return connection.execute(statement).rowcount

    def forget(self, *, before: float) -> int:
        """Remove stories that were passed over before that time; how many there were. The addresses stay."""
        old = (watch_stories.c.decision == PASSED) & (watch_stories.c.seen < before)
        with self._writing() as connection:
            ids = list(connection.execute(select(watch_stories.c.id).where(old).limit(10_000)).scalars())
            for part in parts(ids):
                theirs = watch_items.c.story.in_(part)
                connection.execute(update(watch_items).where(theirs).values(story="", text="", title=""))
                connection.execute(delete(watch_stories).where(watch_stories.c.id.in_(part)))
            return len(ids)

    def to_recheck(self, *, since: float, before: float, now: float) -> list[SeenEntry]:
        """The entries of stories at the desk that were seen since a time and whose pages were not looked at since
        `before`. They count as looked at now.
        """
        due = watch_stories.c.decision.in_(AT_DESK) & (watch_stories.c.seen >= since)
        with self._writing() as connection:
            rows = connection.execute(select(watch_stories).where(due, watch_stories.c.checked < before)).mappings()
            found = {row["id"]: _story(row) for row in rows}
            if not found:
                return []
            mine = watch_stories.c.id.in_(found)
            connection.execute(update(watch_stories).where(mine).values(checked=now))
            items = connection.execute(select(watch_items).where(watch_items.c.story.in_(found))).mappings().all()
        return [
            SeenEntry(
                item["url"],
                item["outlet"],
                item["address"],
                item["title"],
                item["text"],
                item["digest"],
                found[item["story"]].source,
            )
            for item in items
        ]

    def keep_source(self, story: str, source: Source, *, now: float) -> None:
        """Keep a story as its page has it, before anything is written about it: a command that goes on after a kill
        then asks for the same, and what was answered is not asked for again.
        """
        document = source.model_dump_json(exclude_none=True, exclude={"also"})
        mine = watch_stories.c.id == story
        with self._writing() as connection:
            connection.execute(update(watch_stories).where(mine).values(document=document, checked=now))

    def keep_page(self, key: str, *, title: str, text: str) -> None:
        """Keep the words that an entry's page has, to compare them with later ones."""
        with self._writing() as connection:
            values = {"title": title, "text": text[: entries.MOST_TEXT], "digest": PAGE}
            connection.execute(update(watch_items).where(watch_items.c.url == key).values(**values))

    def add_changes(self, key: str, changes: Sequence[Change]) -> int:
        """Add what happened to an entry; what is known already is left out. Returns how many are new."""
        with self._writing() as connection:
            story = connection.execute(select(watch_items.c.story).where(watch_items.c.url == key)).scalar()
            return entries.add_changes(connection, story, changes) if story else 0

    def notices(self, draft_ids: Collection[str]) -> dict[str, DraftNotice]:
        """What watching knows about those of the drafts that it made."""
        found: dict[str, DraftNotice] = {}
        if not draft_ids:
            return found
        statement = select(watch_stories.c.id, watch_stories.c.draft_id, watch_stories.c.reason)
        with self._reading() as connection:
            for row in connection.execute(statement.where(watch_stories.c.draft_id.in_(draft_ids))).all():
                changes = select(watch_changes).where(watch_changes.c.story == row.id).order_by(watch_changes.c.number)
                known = connection.execute(changes).mappings()
                rows = tuple(Change(one["address"], one["at"], one["kind"], one["text"]) for one in known)
                found[row.draft_id] = DraftNotice(row.reason, _links(connection, row.id), rows)
        return found


def _taken_on(connection: Connection, day: str) -> int:
    statement = select(func.count()).select_from(watch_stories).where(watch_stories.c.day == day)
    return int(connection.execute(statement).scalar_one())


def _wanted(connection: Connection, story: str) -> dict[str, Any] | None:
    row = connection.execute(select(watch_stories).where(watch_stories.c.id == story)).mappings().first()
    if row is None or (row["decision"] == TAKEN and processes.is_alive(connection, row["process_id"])):
        return None
    return dict(row)


def _abandoned(connection: Connection, process_id: int) -> dict[str, Any] | None:
    rows = connection.execute(select(watch_stories).where(watch_stories.c.decision == TAKEN)).mappings().all()
    others = (row for row in rows if row["process_id"] != process_id)
    return next((dict(row) for row in others if not processes.is_alive(connection, row["process_id"])), None)


def _best_waiting(connection: Connection, now: float) -> dict[str, Any] | None:
    waiting = (watch_stories.c.decision == WAITING) & (watch_stories.c.next <= now)
    best = select(watch_stories).where(waiting).order_by(watch_stories.c.score.desc(), watch_stories.c.number)
    row = connection.execute(best.limit(1)).mappings().first()
    return None if row is None else dict(row)


def _links(connection: Connection, story: str) -> tuple[SourceLink, ...]:
    statement = select(watch_items).where(watch_items.c.story == story).order_by(watch_items.c.seen, watch_items.c.url)
    rows = connection.execute(statement).mappings()
    return tuple(SourceLink(outlet=row["outlet"], url=row["address"], title=row["title"]) for row in rows)


def _story(row: Any, links: tuple[SourceLink, ...] = ()) -> StoryRow:
    source = Source.model_validate_json(row["document"])
    also = tuple(link for link in links if link.url != source.url)
    names = ("id", "seen", "decision", "reason", "score", "beats", "draft_id", "day", "tries", "checked")
    return StoryRow(
        **{name: row[name] for name in names}, source=source.model_copy(update={"id": row["id"], "also": also})
    )
