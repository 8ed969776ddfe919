"""Words and addresses, folded."""

from __future__ import annotations

import pytest

from ourtake.text.words import canonical_url, count_words

SAME = [
    ("https://x.example/a/", "http://X.example/a"),
    ("https://x.example/a?utm_source=b&c=d", "https://x.example/a?c=d"),
    ("https://x.example/a#part", "https://x.example/a"),
    ("https://x.example:443/a", "https://x.example/a"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_story_one_address(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other)


@pytest.mark.parametrize(
    "odd", ["not an address", "http://[::1", "mailto:a@b.example", "", "https://x.example:99999/a"]
)
def test_an_odd_address_comes_back_stripped(odd: str) -> None:
    assert canonical_url(f" {odd} ") == odd


@pytest.mark.parametrize(
    ("text", "count"),
    [("two words", 2), ("[our piece](https://x.example/long/path)", 2), ("well-known 3.5 per cent", 4), ("", 0)],
)
def test_words_that_a_reader_sees(text: str, count: int) -> None:
    assert count_words(text) == count
