"""The documents that pass between packages: frozen pydantic models, with no behaviour beyond validation.

Unknown keys are kept, never lost. Offsets count Unicode code points in one field, end exclusive. Import them from here.
"""

from __future__ import annotations

from ourtake.documents.base import Document, Payload, trusted
from ourtake.documents.drafts import Draft, HeadlineOption, ReviewState, Revision, Usage
from ourtake.documents.plans import Angle, Fact, Plan, Question, SentenceHandles, Tension, fact_ids
from ourtake.documents.reports import (
    Claim,
    ClaimKind,
    ClaimStatus,
    Difference,
    Evidence,
    Finding,
    Fix,
    LinkCheck,
    LinkRecord,
    Report,
    SentenceRecord,
    Severity,
)
from ourtake.documents.stories import (
    SOURCE,
    Article,
    EarlierTake,
    Related,
    Source,
    SourceLink,
    Visit,
    handle_map,
    trusted_article,
)
from ourtake.documents.takes import FIELDS, REMOVED, FieldName, Take, plain_take

__all__ = [
    "FIELDS",
    "REMOVED",
    "SOURCE",
    "Angle",
    "Article",
    "Claim",
    "ClaimKind",
    "ClaimStatus",
    "Difference",
    "Document",
    "Draft",
    "EarlierTake",
    "Evidence",
    "Fact",
    "FieldName",
    "Finding",
    "Fix",
    "HeadlineOption",
    "LinkCheck",
    "LinkRecord",
    "Payload",
    "Plan",
    "Question",
    "Related",
    "Report",
    "ReviewState",
    "Revision",
    "SentenceHandles",
    "SentenceRecord",
    "Severity",
    "Source",
    "SourceLink",
    "Take",
    "Tension",
    "Usage",
    "Visit",
    "fact_ids",
    "handle_map",
    "plain_take",
    "trusted",
    "trusted_article",
]
