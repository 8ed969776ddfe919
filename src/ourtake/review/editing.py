"""Changes of a take, as pure functions: from the take that a person saw and the take as it is now, to the new one."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ourtake.documents import Claim, Draft, FieldName, Finding, Related, Take
from ourtake.errors import InputError
from ourtake.review.claims import claims_of, text_of
from ourtake.review.diff import located
from ourtake.review.history import Change
from ourtake.review.paragraphs import FIELDS, WHOLE, blocks_of, found_run, texts, with_block
from ourtake.review.views import ClaimRow, DraftView, block_at
from ourtake.text.markdown import Link, links, paragraphs
from ourtake.text.words import canonical_url
from ourtake.writing.handles import escaped


class Edited(NamedTuple):
    """The result of a change to a take. `at`: the index of the block afterwards. `changes`: what is needed to undo it.

    `status` "both": the block was changed by another person; `take` is as it was, `theirs` is what is there.
    """

    take: Take
    field: FieldName
    at: int = 0
    changes: tuple[Change, ...] = ()
    status: Literal["saved", "both"] = "saved"
    yours: str = ""
    theirs: str = ""


def changes_between(old: Take, new: Take) -> tuple[Change, ...]:
    """What differs, a change a field; in the body the paragraphs that differ, from the first to the last."""
    found = []
    for field in FIELDS:
        before, after = texts(old, field), texts(new, field)
        first = 0
        while first < min(len(before), len(after)) and before[first] == after[first]:
            first += 1
        last = 0
        while last < min(len(before), len(after)) - first and before[-1 - last] == after[-1 - last]:
            last += 1
        ours, theirs = before[first : len(before) - last], after[first : len(after) - last]
        if ours or theirs:
            found.append(Change(field=field, index=first, before=tuple(ours), after=tuple(theirs)))
    return tuple(found)


def block_text(take: Take, field: FieldName, index: int) -> str:
    """The text of a block; of a paragraph after the last one, none. Raises InputError if there is no such place."""
    if field == "body" and index == WHOLE:
        return take.body
    known = texts(take, field)
    if not 0 <= index <= (len(known) if field == "body" else 0):
        raise InputError(f"There is no paragraph {index + 1} in the {field}.", "Load the draft again.")
    return known[index] if index < len(known) else ""


def where_now(base: Take, now: Take, field: FieldName, index: int) -> tuple[int, str]:
    """Where a block of `base` is now, and its text; where it is gone, where it would be, and no text."""
    before, after = texts(base, field), texts(now, field)
    if field != "body":
        return 0, after[0]
    if index >= len(before):
        return len(after), ""
    place, _ = located(before, index, after)
    return (place, after[place]) if place is not None else (min(index, len(after)), "")


def replaced(take: Take, field: FieldName, index: int, text: str, *, insert: bool = False) -> Edited:
    """The take with another text for a block."""
    new = with_block(take, field, index, text, insert=insert and field == "body")
    return Edited(new, field, index, changes_between(take, new))


def edit(base: Take, now: Take, field: FieldName, index: int, text: str) -> Edited:
    """What a person makes of a block, or of the whole body, that they saw in `base`."""
    if field == "body" and index == WHOLE:
        return _body_edited(base, now, text)
    before = block_text(base, field, index)
    place, theirs = where_now(base, now, field, index)
    if theirs in (before, text):
        return replaced(now, field, place, text, insert=not before)
    return Edited(now, field, place, status="both", yours=text, theirs=theirs)


def _body_edited(base: Take, now: Take, text: str) -> Edited:
    """The paragraphs from the first to the last that a person changed, put where they are now: others may have changed
    the rest of the body in the meantime.
    """
    if not text:
        raise InputError("The body would be empty.", "Leave a paragraph, or reject the draft.")
    changes = changes_between(base, base.model_copy(update={"body": text}))
    if not changes:
        return Edited(now, "body")
    (change,) = changes
    if now.body == base.body:
        return replaced(now, "body", WHOLE, text)._replace(at=change.index)
    paragraphs_now = texts(now, "body")
    at = found_run(paragraphs_now, change.before, near=change.index)
    if at is None:
        at, theirs = where_now(base, now, "body", change.index)
        return Edited(now, "body", at, status="both", yours="\n\n".join(change.after), theirs=theirs)
    body = "\n\n".join([*paragraphs_now[:at], *change.after, *paragraphs_now[at + len(change.before) :]])
    return replaced(now, "body", WHOLE, body)._replace(at=at)


def fix(take: Take, finding: Finding, index: int) -> Edited:
    """The take with the fix of a finding. Raises InputError if it offers none."""
    if finding.fix is None or finding.field == "tags":
        raise InputError(f"{finding.code} offers no fix here.", "Edit the text.")
    text = text_of(take, finding.field)
    changed = text[: finding.fix.start] + finding.fix.replacement + text[finding.fix.end :]
    new = take.model_copy(update={finding.field: changed})
    return Edited(new, finding.field, index, changes_between(take, new))


def link_at(take: Take, field: FieldName, number: int) -> Link:
    """A link of a field, counted from 0. Raises InputError if there is none."""
    found = links(text_of(take, field)) if field in ("summary", "body") else []
    if not 0 <= number < len(found):
        raise InputError(f"There is no link {number + 1} in the {field}.", "Load the draft again.")
    return found[number]


def candidates(draft: Draft, take: Take, field: FieldName, number: int) -> list[Related]:
    """The offered articles that the take does not link to, those after the link's own target first."""
    link = link_at(take, field, number)
    taken = {canonical_url(one.target) for name in ("summary", "body") for one in links(getattr(take, name))}
    addresses = [canonical_url(item.url) for item in draft.related]
    own = canonical_url(link.target)
    first = addresses.index(own) + 1 if own in addresses else 0
    in_turn = [*draft.related[first:], *draft.related[:first]]
    return [item for item in in_turn if canonical_url(item.url) not in taken]


def swap_link(draft: Draft, take: Take, field: FieldName, number: int, to: str | None) -> tuple[Edited, str]:
    """The take with another target for a link, and the id of the article that it leads to now."""
    link, offered = link_at(take, field, number), candidates(draft, take, field, number)
    if to is not None:
        offered = [item for item in draft.related if item.id == to]
    if not offered:
        raise InputError("There is no other article to link to.", "Edit the link, or take it out.")
    text = text_of(take, field)
    changed = text[: link.start] + f"[{link.anchor}]({escaped(offered[0].url)})" + text[link.end :]
    new = take.model_copy(update={field: changed})
    index = block_at(tuple(blocks_of(take)), field, link.start).index
    return Edited(new, field, index, changes_between(take, new)), offered[0].id


def undo(take: Take, changes: tuple[Change, ...]) -> Edited:
    """The take with these changes taken back. Raises InputError where their words were changed since."""
    new = take
    for change in reversed(changes):
        new = _taken_back(new, change)
    field = changes[0].field if changes else "body"
    return Edited(new, field, changes[0].index if changes else 0, changes_between(take, new))


def _taken_back(take: Take, change: Change) -> Take:
    now = texts(take, change.field)
    if change.field != "body":
        if tuple(now) != change.after:
            raise _changed_since(change)
        return with_block(take, change.field, 0, change.before[0])
    if not change.after:
        for number, text in enumerate(change.before):
            take = with_block(take, "body", min(change.index, len(now)) + number, text, insert=True)
        return take
    place = found_run(now, change.after, near=change.index)
    if place is None:
        raise _changed_since(change)
    spans = paragraphs(take.body)
    start, end = spans[place].start, spans[place + len(change.after) - 1].end
    if change.before:
        body = take.body[:start] + "\n\n".join(change.before) + take.body[end:]
        return take.model_copy(update={"body": body})
    for _ in change.after:
        take = with_block(take, "body", place, "")
    return take


def _changed_since(change: Change) -> InputError:
    return InputError(f"The {change.field} was changed again since, so this can't be undone.", "Edit the text.")


def unmasked(view: DraftView, row: ClaimRow) -> Claim:
    """The claim of a row with what the machine found, also where the row hides it."""
    return next(one for one in claims_of(view.revision.report, view.take) if one.id == row.claim.id)


def first_link(take: Take, field: FieldName, index: int) -> int | None:
    """The number, in its field, of the first link of a block; None if it has none."""
    if field not in ("summary", "body"):
        return None
    blocks = tuple(blocks_of(take))
    found = links(text_of(take, field))
    return next((at for at, link in enumerate(found) if block_at(blocks, field, link.start).index == index), None)
