"""Rules for what words alone can't prove: what a sentence says against its passage, and how the argument holds.

A second reading finds them: a model that reads every sentence beside whole passages (writing/reread.py). Its finding of
fact counts only with words that code finds in a document. Code of our own may find some of them too; `by_reading`
stands for those that it can't find yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from ourtake.checks.base import ENGLISH, Case, Example, Hit, ReadFinding, Rule
from ourtake.checks.examples import RELATED, SOURCE, with_first
from ourtake.checks.facts.comparators import COMPARATORS
from ourtake.checks.facts.differences import by_comparators
from ourtake.checks.facts.told_of import told_of_another
from ourtake.checks.quotes.cut import cut_short
from ourtake.documents import Evidence, Severity


def by_reading(case: Case) -> Iterator[Hit]:
    """Code finds nothing here: `hits_of` adds what a reader found."""
    yield from ()


_BY_CODE: Mapping[str, Callable[[Case], Iterator[Hit]]] = {
    **{row.code: by_comparators(row.code) for row in COMPARATORS},
    "LNK019": told_of_another,
    "QUO004": cut_short,
}
"""What code finds of these rules by itself."""


def _row(
    code: str,
    name: str,
    looks_for: str,
    how_to_fix: str,
    *,
    wrong: str,
    right: str,
    why: str,
    words: str = "",
    severity: Severity = "warning",
    repair: Literal["call", "along", "never"] = "along",
) -> Rule:
    """A rule that a reader finds. `wrong` begins a take and breaks it, `right` does not; `why` is what the reader says,
    `words` what the document has instead.
    """
    found = ReadFinding(code, why, "body", 0, len(wrong), evidence=_evidence(words), by="a reader")
    trips: Example = with_first(wrong)._replace(read=(found,))
    function = _BY_CODE.get(code, by_reading)
    ours = function is not by_reading
    rule = Rule(code, name, severity, looks_for, how_to_fix, trips, with_first(right), function, repair=repair)
    return rule._replace(languages=ENGLISH) if ours else rule


def _evidence(words: str) -> tuple[Evidence, ...]:
    """Where words of the examples' documents are."""
    texts = [("source", "blurb", SOURCE.blurb), *((item.id, "text", item.text) for item in RELATED)]
    return tuple(
        Evidence(document=name, field=field, start=at, end=at + len(words), text=words)
        for name, field, text in texts
        if words and (at := text.find(words)) >= 0
    )


RULES = (
    _row("FCT005", "polarity-differs",
         "The take says the opposite of its document: a negation lost or added, “more” for “less”, a rise for a fall.",
         "Say what the document says.",
         wrong="The regulator has not given Ferrow Compute any time.",
         right="The regulator has given Ferrow Compute six weeks.",
         why="The regulator has given it time.", words="has given Ferrow Compute six weeks"),
    _row("FCT006", "scope-differs",
         "The take's statement covers more or fewer things than the document's: “all” for “some”, “first” or “only” "
         "added or left out, the whole for a part, a condition left out.",
         "Say how many it applies to, since when, or on what condition, as the document does.",
         wrong="Everybody pays for the regulator's delays.", right="Households pay for the regulator's delays.",
         why="Companies with new halls do not pay.", words="companies with new halls do not"),
    _row("FCT007", "role-differs",
         "In the document, somebody else is, said or did this.",
         "Name who is, said or did it.",
         wrong="The regulator asked for forty megawatts.", right="The company asked the grid for forty megawatts.",
         why="The company asked.", words="The company asked the grid for forty megawatts"),
    _row("FCT008", "cause-differs",
         "The document gives another cause, another effect, or no cause.",
         "Give the cause that the document gives, or leave it out.",
         wrong="The halls came out of the regulator's delays.", right="The halls are new, and the delays are old.",
         why="No text says that the delays led to the halls.",
         words="Households pay for the regulator's delays in the electricity grid"),
    _row("LNK019", "told-of-another-article",
         "A sentence that attributes to the linked article what only another article says.",
         "Link to the article that says so, or say what this one says.",
         wrong="In [The outage ledger](a3) we wrote that households pay.",
         right="In [Who pays when the grid waits](a2) we wrote that households pay.",
         why="That is in \u201cWho pays when the grid waits\u201d.", words="Households pay", severity="error"),
    _row("QUO004", "cut-to-another-meaning",
         "A quotation that is exact, but cut so that it says something else.",
         "Quote the words that change its meaning, too.",
         wrong="We wrote that the regulator \u201cwants to know\u201d nothing of the halls.",
         right="We wrote that the regulator \u201cwants to know why\u201d.",
         why="It wants to know why the company asked.", words="the regulator wants to know why"),
    _row("SUP003", "stronger-than-evidence",
         "The take claims more than the evidence supports: “proves”, “always”, “must”, a plan reported as done.",
         "Claim what the evidence supports.",
         wrong="The letter proves that the halls have no power.",
         right="The letter asks where the halls will get their power.",
         why="The letter asks; it proves nothing.", words="to show where the electricity for its new halls will come"),
    _row("ARG001", "vague",
         "A sentence that is too vague to be wrong.",
         "Say exactly who, what, how much or when, or remove it.",
         wrong="Stakeholders should work together on this.", right="Ferrow Compute should publish its hourly load.",
         why="Nobody could disagree with this."),
    _row("ARG002", "padding",
         "A sentence that the argument does not need.",
         "Remove it, or give the fact that is missing.",
         wrong="Electricity is a subject that many people talk about.", right="The halls need forty megawatts.",
         why="The paragraph says the same without it."),
    _row("ARG003", "unkept-promise",
         "The summary or the headline promises something that the body does not deliver.",
         "Deliver it in the body, or don't promise it.",
         wrong="We will show what the halls cost.", right="We will show what the letter asks.",
         why="The body gives no cost."),
    _row("ARG004", "unfair",
         "Somebody's case is presented as weaker than it is in the documents, or a motive is imputed.",
         "Give the case as its best-informed advocate would.",
         wrong="Ferrow Compute hopes that nobody looks.", right="Ferrow Compute has not yet published its plan.",
         why="No text says what it hopes."),
    _row("ARG005", "argument-breaks",
         "The conclusion does not follow, an example contradicts it, or the proposal fails its own objection.",
         "Add the missing step, choose another example, or change the conclusion.",
         wrong="The halls are metered to the second, so nobody can know what they draw.",
         right="The halls are metered to the second, so anybody can know what they draw.",
         why="Meters are how one would know."),
    _row("ARG006", "headline-oversells",
         "The headline claims more than the body shows.",
         "Claim in the headline what the body shows.",
         wrong="So the halls will never open.", right="So the halls have a question to answer.",
         why="Nothing here says that they will not open."),
)  # fmt: skip
