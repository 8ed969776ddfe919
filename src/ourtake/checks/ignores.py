"""IGN: which findings a comment in the take passes over, and comments that can't be obeyed.

A comment counts for the paragraph that it stands in, or, where it has lines of its own, for the paragraph after it. A
finding about more than one paragraph is passed over by a comment anywhere in its field. Without a reason a comment is
not obeyed: nobody could judge it later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ourtake.checks.base import Case, Hit, Rule
from ourtake.checks.comments import Comment, blanked
from ourtake.checks.examples import SOUND, with_first
from ourtake.documents import Finding
from ourtake.text.markdown import Span, paragraphs


def passed_over(findings: Iterable[Finding], case: Case) -> tuple[list[Finding], int]:
    """The findings that no comment passes over, and how many others there are."""
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
    """The paragraph that a comment speaks of; an empty span where there is none."""
    plain = getattr(blanked(case.given, case.comments), comment.field)
    blocks = _blocks(case, comment)
    filled = [block for block in blocks if plain[block.start : block.end].strip() and block.end > comment.start]
    return filled[0] if filled else Span(comment.end, comment.end, "")


def unknown_codes(comment: Comment, known: Collection[str]) -> list[str]:
    """The codes of a comment that are neither a rule nor a family."""
    families = {code[:3] for code in known}
    return [code for code in comment.codes if code not in known and code not in families]


def ignore_comment(case: Case) -> Iterator[Hit]:
    """IGN001."""
    from ourtake.checks.registry import RULES

    for comment in case.comments:
        place = (comment.field, comment.start, comment.end)
        if not comment.codes:
            yield Hit("This comment names no rule to ignore, as in: ignore LNK006 the reason.", *place)
        elif not comment.reason:
            yield Hit("This comment gives no reason, so it is not obeyed.", *place)
        for code in unknown_codes(comment, RULES):
            yield Hit(f"There is no rule {code} to ignore.", *place)


RULES = (
    Rule(
        "IGN001",
        "ignore-comment",
        "info",
        "A comment that ignores a rule without a reason (it is not obeyed), or a rule that does not exist.",
        "Write the rule's code and then the reason: <!-- ourtake: ignore LNK006 the second link is to another part -->.",
        with_first("<!-- ourtake: ignore LNK006 -->"),
        SOUND,
        ignore_comment,
    ),
)
