"""A take as the desk edits it: headline, summary, the paragraphs of the body, tags; each is a block with an index."""

from __future__ import annotations

from collections.abc import Sequence

from ourtake.documents import Document, FieldName, Take
from ourtake.text.markdown import links, paragraphs
from ourtake.values import clean_text

FIELDS: tuple[FieldName, ...] = ("headline", "summary", "body", "tags")

WHOLE = -1
"""In place of a paragraph's index: the whole body."""


class Block(Document):
    """A part of a take that is edited as a whole. `index`: of a paragraph of the body, else 0.

    `start`: where it begins in its field, in code points.
    """

    field: FieldName
    index: int = 0
    start: int = 0
    text: str


def blocks_of(take: Take) -> list[Block]:
    """The parts of a take, in reading order. Tags are joined by ", "."""
    body = [
        Block(field="body", index=number, start=span.start, text=span.text)
        for number, span in enumerate(paragraphs(take.body))
    ]
    return [
        Block(field="headline", text=take.headline),
        Block(field="summary", text=take.summary),
        *body,
        Block(field="tags", text=", ".join(take.tags)),
    ]


def texts(take: Take, field: FieldName) -> list[str]:
    """The texts of a field's blocks, by index."""
    return [block.text for block in blocks_of(take) if block.field == field]


def typed(text: str) -> str:
    """What somebody typed, as it is kept: plain line ends, no white space at the end of a line or around it."""
    return "\n".join(line.rstrip() for line in clean_text(text).replace("\u2028", "\n").split("\n")).strip("\n ")


def with_block(take: Take, field: FieldName, index: int, text: str, *, insert: bool = False) -> Take:
    """The take with another text for a block; none removes a paragraph. `insert`: as a new paragraph before `index`.
    WHOLE stands for the whole body.
    """
    if field == "tags":
        return take.model_copy(update={"tags": tuple(tag.strip() for tag in text.split(",") if tag.strip())})
    if field != "body":
        return take.model_copy(update={field: text if field == "summary" else " ".join(text.split())})
    spans = paragraphs(take.body)
    body = take.body
    if not spans or index == WHOLE:
        body = text
    elif insert or index >= len(spans):
        at = spans[index].start if index < len(spans) else len(body.rstrip())
        body = body[:at] + (f"{text}\n\n" if index < len(spans) else f"\n\n{text}") + body[at:]
    elif text:
        body = body[: spans[index].start] + text + body[spans[index].end :]
    else:
        # The blank lines after it go with it, or those before it where it is the last.
        last = index == len(spans) - 1
        start = spans[index - 1].end if last and index else spans[index].start
        end = len(body.rstrip()) if last else spans[index + 1].start
        body = body[:start] + body[end:]
    return take.model_copy(update={"body": body})


def links_in(take: Take) -> int:
    """How many links the take has."""
    return len(links(take.summary)) + len(links(take.body))


def found_run(now: Sequence[str], wanted: Sequence[str], *, near: int) -> int | None:
    """Where the paragraphs `wanted` follow each other in `now`, nearest to an index; None if they do not."""
    places = [at for at in range(len(now) - len(wanted) + 1) if list(now[at : at + len(wanted)]) == list(wanted)]
    return min(places, key=lambda at: abs(at - near), default=None)
