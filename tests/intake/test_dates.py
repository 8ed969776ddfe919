"""The one reader of dates: forms, zones, languages, and what it refuses to guess."""

from __future__ import annotations

import pytest

from ourtake.intake.dates import read_date, reading, written_date

DAY = "2009-09-06"
DAYS = [
    "6 September 2009",
    "September 6, 2009",
    "Sept. 6th 2009",
    "the 6th of September, 2009",
    "Sun, 06 Sep 2009",
    "6-Sep-2009",
    "6/Sep/09",
    "2009-Sep-06",
    "06.09.2009",
    "6.9.2009",
    "2009/09/06",
    "2009.9.6",
    "2009-9-6",
    "20090906",
    20090906,
    "2009-W36-7",
    "2009-09-06Z",
    "2009-09-06+02:00",
    "6. September 2009",
    "Sonntag, 6. Sept. 2009",
    "dimanche 6 septembre 2009",
    "domingo, 6 de septiembre de 2009",
    "6 settembre 2009",
    "domenica 6 set 2009",
    "6 de setembro de 2009",
    "zondag 6 september 2009",
    "6 SEPTEMBER 2009",
]
OTHER_DAYS = {
    "1er ao\u00fbt 2025": "2025-08-01",
    "3. M\u00e4rz 2025": "2025-03-03",
    "2 mei 2025": "2025-05-02",
    "2 mai 2025": "2025-05-02",
    "1\u00ba de mar\u00e7o de 2025": "2025-03-01",
    "mar. 4 mars 2025": "2025-03-04",
    "Mar 4 2025": "2025-03-04",
    "24 dic 2024": "2024-12-24",
    "7. J\u00e4nner 2024": "2024-01-07",
    "9 out 2024": "2024-10-09",
    "13/09/2009": "2009-09-13",
    "09/13/2009": "2009-09-13",
    "09/09/2009": "2009-09-09",
    "1 Feb 68": "2068-02-01",
    "4. marts 2025": "2025-03-04",
    "4 maj 2025": "2025-05-04",
    "4 marca 2025": "2025-03-04",
    "4. b\u0159ezna 2025": "2025-03-04",
    "2025. m\u00e1rcius 4.": "2025-03-04",
    "4 Kas\u0131m 2025": "2025-11-04",
    "4 \u043c\u0430\u0440\u0442\u0430 2025 \u0433.": "2025-03-04",
    "2025\u5e743\u67084\u65e5": "2025-03-04",
    "2025\ub144 3\uc6d4 4\uc77c": "2025-03-04",
    "1 Feb 69": "1969-02-01",
}
CLOCK = f"{DAY}T16:18:00"
MOMENTS = {
    "2009/09/06 16:18": CLOCK,
    "2009-09-06 16:18 CEST": f"{CLOCK}+02:00",
    "6 Sep 2009 16:18 BST": f"{CLOCK}+01:00",
    "2009-09-06T16:18 IST": f"{CLOCK}+05:30",
    "2009-09-06 16:18:00 +05:30": f"{CLOCK}+05:30",
    "Sun Sep 06 2009 16:18:00 GMT+0100 (Central European Standard Time)": f"{CLOCK}+01:00",
    "2009-09-06T16:18:00+02:00[Europe/Berlin]": f"{CLOCK}+02:00",
    "Sun Sep  6 16:18:00 EDT 2009": f"{CLOCK}-04:00",
    "4:18 p.m., 6 September 2009": CLOCK,
    "6 septembre 2009 \u00e0 16h18": CLOCK,
    "06.09.2009 um 16.18 Uhr": CLOCK,
    "6 settembre 2009 ore 16.18": CLOCK,
    "6 september 2009 kl. 16:18": CLOCK,
    "2009\u5e749\u67086\u65e5 16:18": CLOCK,
    "20090906T161800Z": f"{CLOCK}+00:00",
    "2009-09-05 24:00": "2009-09-06T00:00:00",
    "2009-12-31T24:00:00Z": "2010-01-01T00:00:00+00:00",
    "1252253880": f"{CLOCK}+00:00",
    1252253880: f"{CLOCK}+00:00",
    "1252253880000": f"{CLOCK}+00:00",
}
UNREAD = [
    "2009-02-31",
    "2009-13-45",
    "2009-09-06 25:00",
    "2009-09-06 10:75",
    "31 June 2009",
    "September 2009",
    "2009",
    "2009-09",
    "6/9/09",
    "4 listopada 2025",
    "4 3 2009",
    "2009-09-06 or later",
    "2009-09-06/2009-09-08",
    "Published 6 September 2009",
    "6 September 2009 XYZT",
    "soon",
    "12",
    12,
    1.5,
    True,
    [],
    "-1",
]


@pytest.mark.parametrize("written", DAYS)
def test_a_day_in_many_forms_and_languages(written: object) -> None:
    assert read_date(written) == DAY


@pytest.mark.parametrize("written", OTHER_DAYS)
def test_another_day(written: str) -> None:
    assert read_date(written) == OTHER_DAYS[written]


@pytest.mark.parametrize("written", MOMENTS)
def test_a_moment_keeps_its_offset(written: object) -> None:
    assert read_date(written) == MOMENTS[written]


@pytest.mark.parametrize("written", UNREAD)
def test_nothing_is_guessed(written: object) -> None:
    assert reading(written).iso is None and reading(written).why == "it is not a date that can be read"


def test_two_days_that_fit_are_both_said() -> None:
    assert reading("06/09/2009") == (None, "it could be 2009-09-06 or 2009-06-09") == reading("06-09-2009 10:00")


def test_nothing_written_is_not_an_error() -> None:
    assert reading(None) == reading("  ") == (None, "")


def test_iso_stays_as_it_is_written_where_it_begins_with_the_whole_day() -> None:
    assert written_date("2022-07-08T10:00:00.000Z").iso == "2022-07-08T10:00:00.000Z"
    assert written_date("20220708").iso == "2022-07-08" == written_date("8 July 2022").iso
