"""SAF: what must never reach a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourtake.checks.base import PROSE, REMOVED, Case, Hit, Rule
from ourtake.checks.examples import SOUND, with_first
from ourtake.text.markdown import bare_addresses


def address_written_by_model(case: Case) -> Iterator[Hit]:
    """SAF004."""
    for field in PROSE:
        for link in case.links(field):
            if link.target == REMOVED:
                yield Hit("The model wrote an address of its own here; it was taken out.", field, link.start, link.end)
            elif case.uses_handles and link.target.lower().startswith(("http:", "https:", "//", "www.")):
                yield Hit("An address among handles: the model wrote it itself.", field, link.start, link.end)
        for mark in re.finditer(REMOVED, case.text(field)):
            # In code a link is no link, and the word stands there by itself.
            if not any(link.start <= mark.start() < link.end for link in case.links(field)):
                yield Hit("The model wrote an address of its own here; it was taken out.", field, mark.start(), mark.end())
        for span in bare_addresses(case.text(field)):
            # An address as a link's own words is seen here too; it is one finding, not two.
            if not any(link.start <= span.start and span.end <= link.end for link in case.links(field)):
                yield Hit("An address stands in the text.", field, span.start, span.end)


RULES = (
    Rule(
        "SAF004",
        "address-written-by-model",
        "error",
        "An address that did not come from the archive through a handle.",
        "Link with a handle, or drop the address.",
        with_first("See https://made-up.example/x for more."),
        SOUND,
        address_written_by_model,
    ),
)
