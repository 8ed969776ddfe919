"""FCT001, FCT003: figures that a take works out of others and shows how, and calculations that are wrong."""

from __future__ import annotations

import pytest

from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.documents import Source, Take

DOCUMENT = (
    "The Star has 2,050 of its 2,900 readers left. A reader pays £4 a month. Printing took 52p of every pound. The "
    "platform takes a fee of 8 per cent. The publisher puts the cost of a reader at 61p. An audit found 38 of "
    "the 212 letters lost. The mill has 0.09 of a megawatt, and the dock keeps 12 megawatts. The tram runs for 1 "
    "hour 26 minutes and the bus for 32 minutes. The ferry took 13% of commuters, and now takes 58% of them. The town "
    "planted 330 elms. Storms felled 41 oaks."
)


def errors(body: str) -> list[tuple[str, str]]:
    source = Source(title="Post", outlet="The Post", url="https://post.example/1", blurb=DOCUMENT[:60], text=DOCUMENT)
    report = check(Take(headline="A headline", summary="", body=body), CheckContext(source))
    codes = ("FCT001", "FCT003")
    return [(one.text, one.message) for one in report.findings if one.code in codes and one.severity != "info"]


@pytest.mark.parametrize(
    "body",
    [
        "The fee is 8 per cent, and 8 per cent of £4 is 32p.",
        "Of £4 the fee takes 8 per cent, so that is 32p. Add a second 32p to the 61p and a reader costs 93p.",
        "The fee is 8 per cent of £4, which is 32p. With it the cost of a reader would go from 61p to 93p.",
        "The fee is 8 per cent of £4, which is 32p. Over 2,050 readers that comes to £656 a month. Twelve times £656 "
        "is £7,872.",
        "The fee is 8 per cent of £4, which is 32p. Over 2,050 readers that comes to £656 a month. In a year that is "
        "£7,872.",
        "Print had taken 52p of every pound, which is £2.08 of £4.",
        "Print had taken 52p of every pound, or £2.08 of £4. So £4 less £2.08 left £1.92 from each of the 2,900, or "
        "£5,568 a month. To match £5,568, the paper must keep £2.72 from each of the 2,050.",
        "It would do for 133 mills of that size (12 divided by 0.09).",
        "The audit found 38 of the 212 letters, more than one in six, under a heap.",
        "The Star has 2,050 of its 2,900 readers left, so 850 are gone.",
        "The tram runs for 1 hour 26 minutes and the bus for 32 minutes, so it has 54 minutes less.",
        "The ferry went from 13% of commuters to 58% of them, a gain of 45 points.",
    ],
)
def test_a_figure_worked_out_of_good_ones_is_known(body: str) -> None:
    assert errors(body) == []


@pytest.mark.parametrize(
    ("body", "text", "right"),
    [
        ("The fee is 8 per cent, and 8 per cent of £4 is 34p.", "34p", "8 per cent of £4 is 32p"),
        ("The fee is 8 per cent, and 8 per cent of £4 is 61p.", "61p", "8 per cent of £4 is 32p"),
        ("Twelve times £4 is £58.", "£58", "Twelve times £4 is £48"),
        ("It would do for 153 mills of that size (12 divided by 0.09).", "153", "12 divided by 0.09 is 133"),
        ("It has 840 readers fewer, which is 2,900 less 2,050.", "840", "2,900 less 2,050 is 850"),
    ],
)
def test_a_wrong_calculation_is_an_error_that_says_the_result(body: str, text: str, right: str) -> None:
    ((found, message),) = errors(body)
    assert (found, message) == (text, f"{right}, not {text}.")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("The Star has 2,050 of its 2,900 readers left, so 840 are gone.", "840"),
        ("The Star has 2,050 of its 2,900 readers left. It has 371 clerks.", "371"),
        ("The town planted 330 elms in spring. There were 371 complaints.", "371"),
        ("The platform takes 9 per cent of £4, or 36p.", "36p"),
        ("The audit found 38 of the 212 letters, more than one in four, under a heap.", "one in four"),
        ("The tram runs for 1 hour 26 minutes and the bus for 32 minutes, so it has 44 minutes less.", "44 minutes"),
    ],
)
def test_other_figures_are_still_found(body: str, text: str) -> None:
    assert text in [found for found, _ in errors(body)]
