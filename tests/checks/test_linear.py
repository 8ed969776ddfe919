"""The work of the checks grows with a take's length and not with its square, also for text that is made to be awkward.

Processor times of one run are set against each other, four times the text against once: linear work takes four times as
long, quadratic sixteen times, and what takes less than LEAST says nothing. No time is compared with a clock's. A busy
machine can make one measurement look worse than it is, so the smallest of several counts; work that is quadratic is
quadratic in each of them.
"""

from __future__ import annotations

import time

import pytest

from ourtake.checks.base import CheckContext
from ourtake.checks.examples import RELATED, SOURCE
from ourtake.checks.registry import check
from ourtake.documents import Take

LENGTH = 2000
LEAST = 0.2
"""Seconds of processor."""
MOST = 9.0
TRIES = 6
UNITS = (
    "1,", "1 ", "1.", "1.1 ", "1%", "$1 ", "1 May ", "1-", "1/", "one hundred ", "twenty-", "(", "[", "](", "![",
    "[a](", "[a](a1)", "[a][", "[a]: b\n", "a ", "a.", "a-", "a\n", "\n\na", "\n", "A ", "A. B. ", "Mr A ",
    "January ", "Bo Li ", "and ", "- ", "*", "*a", "**a", "_", "`", "``a", "#", "# ", "> ", "|", "|a", "\\", "\u201c",
    "\u201ca\u201d ", "\u201ca", "\"", "'", "\u2019", "'a", "\xab", "\u201ea", "<", "<b", "<!--", "<a b='", "&",
    "&a;", "&#", "/", "a/", "www.", "@", "a@", "a.b", "a.com ", "http:", "x: ", "...", "\u2026", "[...] ", ";", "a1 ",
    "removed-address ",
    "---\n", "1/2 ", "$5bn \u20ac6m ", "020 7946 0", "[a][b] ", "7 is 12, ", "e\u0301",
    "1st 2nd ", "It rose. ", "xn--a.com ", "q u a y . c o m ", "[a.b](a1) ", "[1 2 3 . ](a1) ",
    "A word here.\n\n", "{a1}",
    "\uff41", "\u200b", "\u202ea", "\xe9", "said ", "not only ", "+1 ", "0",
)  # fmt: skip


def processor(unit: str, length: int) -> float:
    body = (unit * length)[:length]
    take = Take(headline="A headline", summary="A summary.", body=body, tags=("tag",))
    begun = time.process_time()
    check(take, CheckContext(SOURCE, RELATED))
    return time.process_time() - begun


@pytest.mark.parametrize("unit", UNITS[::4], ids=ascii)
def test_four_times_the_text_is_not_sixteen_times_the_work(unit: str) -> None:
    grows_with_the_length(unit)


@pytest.mark.parametrize("unit", [unit for number, unit in enumerate(UNITS) if number % 4], ids=ascii)
def test_no_other_unit_is(unit: str) -> None:
    grows_with_the_length(unit)


def grows_with_the_length(unit: str) -> None:
    processor(unit, LENGTH // 2)
    once: list[float] = []
    four = [processor(unit, 4 * LENGTH)]
    for _ in range(TRIES):
        if min(four) < LEAST:
            return
        once.append(processor(unit, LENGTH))
        four.append(processor(unit, 4 * LENGTH))
        if min(four) < MOST * min(once):
            return
    pytest.fail(f"4 times the text took {min(four) / min(once):.1f} times the work")
