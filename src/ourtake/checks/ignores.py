"""Which findings the comments in a take ignore, and what is wrong with those that can't be obeyed.

A comment counts for its paragraph or, on a line by itself, for the paragraph after it. A finding about more than one
paragraph is ignored by a comment anywhere in its field. Without a reason a comment is not obeyed: nobody could judge it
later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ourtake.checks.base import Case, Hit
from ourtake.checks.comments import Comment, blanked
from ourtake.documents import Finding
from ourtake.text.markdown import Span, paragraphs


def passed_over(findings: Iterable[Finding], case: Case) -> tuple[list[Finding], int]:
    """The findings that no comment ignores, and how many others there are."""
    given = list(findings)
    scopes = [(comment, _scope(case, comment)) for comment in case.comments if comment.codes and comment.reason]
    kept = [item for item in given if not any(_covers(comment, span, item, case=case) for comment, span in scopes)]
    return kept, len(given) - len(kept)


def _covers(comment: Comment, span: Span, finding: Finding, *, case: Case) -> bool:
    if (
        finding.field != comment.field
        or finding.code[:3] == "IGN"
        or not {finding.code, finding.code[:3]} & set(comment.codes)
    ):
        return False
    inside = span.start <= finding.start and finding.end <= span.end
    return inside or not any(
        block.start <= finding.start and finding.end <= block.end for block in _blocks(case, comment)
    )


def _blocks(case: Case, comment: Comment) -> list[Span]:
    return paragraphs(getattr(case.given, comment.field))


def _scope(case: Case, comment: Comment) -> Span:
    """The paragraph that a comment is about; an empty span if there is none."""
    plain = getattr(blanked(case.given, case.comments), comment.field)
    blocks = _blocks(case, comment)
    filled = [block for block in blocks if plain[block.start : block.end].strip() and block.end > comment.start]
    return filled[0] if filled else Span(comment.end, comment.end, "")


def faults(case: Case, known: Collection[str]) -> Iterator[Hit]:
    """What is wrong with the comments of a case; `known`: the codes of all rules."""
    families = {code[:3] for code in known}
    for comment in case.comments:
        place = (comment.field, comment.start, comment.end)
        if not comment.codes:
            yield Hit("This comment names no rule to ignore, for example: ignore LNK006 the reason.", *place)
        elif not comment.reason:
            yield Hit("This comment gives no reason, so it has no effect.", *place)
        for code in comment.codes:
            if code not in known and code not in families:
                yield Hit(f"There is no rule {code}.", *place)
