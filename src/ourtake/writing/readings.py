"""What a second reading said of a stored revision, as its report has it: a draft that is resumed, rewritten or checked
again keeps what was paid for.
"""

from __future__ import annotations

from ourtake.checks.base import ReadAnswer, ReadFinding
from ourtake.documents import Revision

STANDS = "The claim stands without "
"""How the message of a finding by following.py begins: comparing one revision alone does not find it again."""


def findings_of(revision: Revision) -> tuple[ReadFinding, ...]:
    """What a second reading, or the comparison with the revision before, found in a revision, as its report has it."""
    return tuple(
        ReadFinding(
            one.code, one.message, one.field, one.start, one.end, one.severity, one.evidence, one.by, one.proposal
        )
        for one in revision.report.findings
        if one.by or one.message.startswith(STANDS)
    )


def answers_of(revision: Revision) -> tuple[ReadAnswer, ...]:
    """The statements of a revision that a second reading supported, as its report has them. What it held against
    others is among `findings_of`.
    """
    return tuple(
        ReadAnswer(one.field, one.start, one.end, "supported", one.evidence[:1], "", revision.read_by)
        for one in revision.report.claims
        if (one.kind, one.status, one.by) == ("statement", "verified", "model") and one.evidence
    )
