"""Numbers of prose: value, kind and unit of each; what is no number is left alone."""

import pytest

from ourtake.text.numbers import numbers_in


def read(text: str) -> list[tuple[str, float, str, str]]:
    return [(number.text, round(number.value, 6), number.kind, number.unit) for number in numbers_in(text)]


def test_a_share_after_a_year_is_no_second_year() -> None:
    assert [number.text for number in numbers_in("It rose from 76 percent in 2012 to 94 percent in 2015.")] == [
        "76 percent",
        "2012",
        "94 percent",
        "2015",
    ]


@pytest.mark.parametrize(
    ("text", "value", "kind", "unit"),
    [
        ("It cost $1.2bn.", 1.2e9, "money", "$"),
        ("It cost 1.2 billion dollars.", 1.2e9, "money", "$"),
        ("It cost GBP 3m.", 3e6, "money", "\u00a3"),
        ("It cost \u00a31,500.", 1500, "money", "\u00a3"),
        ("It cost 15p a page.", 0.15, "money", "\u00a3"),
        ("He pays 17p.", 0.17, "money", "\u00a3"),
        ("It cost thirty cents.", 0.3, "money", "$"),
        ("It rose by 12%.", 12, "percent", ""),
        ("It rose by 12 per cent.", 12, "percent", ""),
        ("It rose by twelve percent.", 12, "percent", ""),
        ("It rose by 3 percentage points.", 3, "percent", "point"),
        ("Two-thirds of them left.", 66.666667, "percent", ""),
        ("Half a million came.", 5e5, "count", ""),
        ("A dozen came.", 12, "count", ""),
        ("How a Chat Reached 4 Million People", 4e6, "count", ""),
        ("They saw 13+ million of them.", 13e6, "count", ""),
        ("It was viewed 1.6 million times.", 1.6e6, "count", ""),
        ("It is 1.6 times as long.", 1.6, "quantity", "times"),
        ("Twenty-one came.", 21, "count", ""),
        ("Three hundred and six came.", 306, "count", ""),
        ("It is 5 km away.", 5000, "quantity", "metre"),
        ("It is five kilometres away.", 5000, "quantity", "metre"),
        ("It asks for 40 MW.", 4e7, "quantity", "watt"),
        ("A forty-megawatt hall.", 4e7, "quantity", "watt"),
        ("Some 5m people came.", 5e6, "count", ""),
        ("It is 5m tall.", 5, "quantity", "metre"),
        ("They met at 6:30 p.m.", 1110, "time", ""),
        ("They met at 18:30.", 1110, "time", ""),
        ("It is the 21st in a row.", 21, "ordinal", ""),
        ("2000 people came.", 2000, "count", ""),
        ("It cost four and a half million pounds.", 4.5e6, "money", "\u00a3"),
        ("A quarter of a million litres went.", 250_000, "quantity", "litre"),
        ("One in five went.", 20, "percent", ""),
        ("One person in five.", 20, "percent", ""),
        ("12 out of a hundred went.", 12, "percent", ""),
        ("It is down a fifth.", 20, "percent", ""),
        ("We trebled the budget.", 3, "quantity", "times"),
        ("It was the twenty-second street.", 22, "ordinal", ""),
        ("They met at five in the afternoon.", 1020, "time", ""),
        ("They met at 3:10 in the afternoon.", 910, "time", ""),
        ("It weighs 0.5 petabytes.", 5e14, "quantity", "byte"),
        ("It drew 0.4 of a megawatt.", 4e5, "quantity", "watt"),
        ("It took two minutes and 25 seconds.", 145, "quantity", "second"),
        ("It ran for a quarter of a century.", 300, "quantity", "month"),
        ("One lock-keeper in three agreed.", 33.333333, "percent", ""),
        ("Only 1/4 of them did.", 25, "percent", ""),
        ("It was seen by twelve readers in a hundred and forgotten.", 12, "percent", ""),
        ("It made one card in six stop.", 16.666667, "percent", ""),
        ("Some 7 310 households wait.", 7310, "count", ""),
        ("Some 7\u00a0310 households wait.", 7310, "count", ""),
        ("Some 7\u2009310 households wait.", 7310, "count", ""),
        ("Some 7\u202f310 households wait.", 7310, "count", ""),
        ("Some 7'310 households wait.", 7310, "count", ""),
        ("Some 10 000 000 households wait.", 1e7, "count", ""),
        ("It cost \u20ac7 310.", 7310, "money", "\u20ac"),
        ("It cost 7 310,50 euros.", 7310.5, "money", "\u20ac"),
        ("It cost 1.234,5 euros.", 1234.5, "money", "\u20ac"),
        ("It cost \u20ac1.234.567.", 1234567, "money", "\u20ac"),
        ("It cost 512 euros.", 512, "money", "\u20ac"),
        ("It rose by 12,5 %.", 12.5, "percent", ""),
    ],
)
def test_a_number(text: str, value: float, kind: str, unit: str) -> None:
    assert [row[1:] for row in read(text)] == [(value, kind, unit)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("on 12 March 2024", (2024, 3, 12)),
        ("on March 12, 2024", (2024, 3, 12)),
        ("on 2024-03-12", (2024, 3, 12)),
        ("on the twelfth of March 2024", (2024, 3, 12)),
        ("until March 12, 2024", (2024, 3, 12)),
        ("in March 2024", (2024, 3, 0)),
        ("in 2024", (2024, 0, 0)),
        ("in May", (0, 5, 0)),
        ("on May 1, to give", (0, 5, 1)),
        ("in the 1990s", (1990, 0, 0)),
        ("in the late nineties", (1990, 0, 0)),
        ("in 2024-25", (2024, 0, 0)),
    ],
)
def test_a_date(text: str, day: tuple[int, int, int]) -> None:
    (number,) = numbers_in(text)
    assert number.kind == "date"
    assert number.days[0][:3] == day


@pytest.mark.parametrize(
    "text",
    [
        "version v1.2.3",
        "GPT-4 and H100",
        "COVID-19",
        "open 24/7",
        "+44 20 7946 0958",
        "the 5G network",
        "one more",
        "dozens of them",
        "on Monday",
        "It may rain.",
    ],
)
def test_left_alone(text: str) -> None:
    assert read(text) == []


def test_a_range_lends_its_unit_and_scale() -> None:
    assert [row[1:] for row in read("from 3 to 5 million euros")] == [
        (3e6, "money", "\u20ac"),
        (5e6, "money", "\u20ac"),
    ]
    assert [row[1:] for row in read("It takes twenty or thirty minutes.")] == [
        (1200, "quantity", "second"),
        (1800, "quantity", "second"),
    ]
    assert [row[1:] for row in read("3-5%")] == [(3, "percent", ""), (5, "percent", "")]


@pytest.mark.parametrize("between", ["\u00e0", "a", "bis", "to", "or"])
def test_a_range_in_another_language(between: str) -> None:
    assert [row[1:] for row in read(f"438 {between} 512 euros")] == [(438, "money", "\u20ac"), (512, "money", "\u20ac")]
    rows = read("It pays $20 a 24-hour day.")
    assert [row[1:] for row in rows] == [(20, "money", "$"), (86400, "quantity", "second")]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("in 2024 310 people came", [2024, 310]),
        ("on May 12 310 people came", [0, 310]),
        ("in room 12 310 people waited", [12, 310]),
        ("on page 7 310 names stand", [7, 310]),
        ("of 7,310 310 came", [7310, 310]),
        ("of 12 310,000 came", [12, 310000]),
        ("of 12 3100 came", [12, 3100]),
        ("of 12 31 came", [12, 31]),
        ("it was 0 310 times", [0, 310]),
    ],
)
def test_two_numbers_that_stand_side_by_side(text: str, values: list[float]) -> None:
    assert [row[1] for row in read(text)] == values


def test_how_exact_a_number_means_to_be() -> None:
    texts = ["about 1,400 homes", "more than 300 homes", "up to 40 homes", "300 homes", "we heard about 22 systems"]
    assert [numbers_in(text)[0].near for text in texts] == ["about", "over", "under", "", ""]


def test_offsets() -> None:
    text = "Of [40 MW](a1) and \u00a33m, two-thirds in May 2024 went at 6pm."
    for number in numbers_in(text):
        assert text[number.start : number.end] == number.text


def test_a_count_in_a_long_number_is_no_share() -> None:
    assert [row[1] for row in read("It made fourteen corrections in 4,268 drafts.")] == [14, 4268]
