"""The work of the checks grows with a take's length and not with its square, also for text that is made to be awkward.

Processor times of one run are compared, ten times the text with once: linear work takes ten times as long, quadratic
work a hundred times, and what takes less than LEAST says nothing. The limit lies three times from both, since processor
time on a busy machine can double from one measurement to the next. The smallest of several measurements counts.
"""

from __future__ import annotations

import gc
import time

import pytest

from ourtake.checks.base import CheckContext
from ourtake.checks.examples import RELATED, SOURCE
from ourtake.checks.registry import check
from ourtake.documents import Take

LENGTH = 1200
TIMES = 10
LEAST = 0.4
"""Seconds of processor."""
MOST = 32.0
TRIES = 6
UNITS = (
    "1,", "1 ", "1.", "1.1 ", "1%", "$1 ", "1 May ", "1-", "1/", "one hundred ", "twenty-", "(", "[", "](", "![",
    "[a](", "[a](a1)", "[a][", "[a]: b\n", "a ", "a.", "a-", "a\n", "\n\na", "\n", "A ", "A. B. ", "Mr A ",
    "January ", "Bo Li ", "and ", "- ", "*", "*a", "**a", "_", "`", "``a", "#", "# ", "> ", "|", "|a", "\\", "\u201c",
    "\u201ca\u201d ", "\u201ca", "\"", "'", "\u2019", "'a", "\xab", "\u201ea", "<", "<b", "<!--", "<a b='", "&",
    "&a;", "&#", "/", "a/", "www.", "@", "a@", "a.b", "a.com ", "http:", "x: ", "...", "\u2026", "[...] ", ";", "a1 ",
    "removed-address ",
    "---\n", "1/2 ", "$5bn \u20ac6m ", "020 7946 0", "[a][b] ", "7 is 12, ", "e\u0301",
    "1st 2nd ", "It rose. ", "xn--a.com ", "q u a y . c o m ", "[a.b](a1) ", "[1 2 3 . ](a1) ", "In May [A](a1) ",
    "A word here.\n\n", "{a1}",
    "\uff41", "\u200b", "\u202ea", "\xe9", "said ", "not only ", "+1 ", "0",
    "if 3 would ", "a total of 12 boats ",
)  # fmt: skip


def processor(unit: str, length: int) -> float:
    body = (unit * length)[:length]
    take = Take(headline="A headline", summary="A summary.", body=body, tags=("tag",))
    # What other tests left in memory is not this one's work.
    gc.collect()
    gc.disable()
    try:
        begun = time.process_time()
        check(take, CheckContext(SOURCE, RELATED))
        return time.process_time() - begun
    finally:
        gc.enable()


@pytest.mark.parametrize("unit", UNITS[::4], ids=ascii)
def test_more_text_takes_work_in_proportion(unit: str) -> None:
    grows_with_the_length(unit)


@pytest.mark.parametrize("unit", [unit for number, unit in enumerate(UNITS) if number % 4], ids=ascii)
def test_no_other_unit_is(unit: str) -> None:
    grows_with_the_length(unit)


def grows_with_the_length(unit: str) -> None:
    """Fail where TIMES the text takes MOST times the work, in each of TRIES measurements."""
    processor(unit, LENGTH)
    once: list[float] = []
    longer: list[float] = []
    for _ in range(TRIES):
        longer.append(processor(unit, TIMES * LENGTH))
        if min(longer) < LEAST:
            return
        once.append(processor(unit, LENGTH))
        if min(longer) < MOST * min(once):
            return
    pytest.fail(f"{TIMES} times the text took {min(longer) / min(once):.1f} times the work")
