"""The prose of a reply as it grows: always a beginning of what it will be, whatever the pieces."""

from __future__ import annotations

import itertools
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from ourtake.writing.fact_handles import FIELDS
from ourtake.writing.partial import PartialTake

TAKE = {
    "headline": 'A "quoted" \\ head',
    "summary": "Lines\nand \u00e9, \U0001f600, \u2028.",
    "body": "One.\n\nTwo [a link](a1).",
    "tags": ["x"],
}


def grown(pieces: list[str]) -> list[tuple[str, str]]:
    growing = PartialTake()
    return [found for piece in pieces for found in growing.add(piece)]


def joined(found: list[tuple[str, str]]) -> dict[str, str]:
    return {field: "".join(text for name, text in found if name == field) for field in FIELDS}


@settings(deadline=None)
@given(
    cuts=st.lists(st.integers(0, 400)),
    ascii_only=st.booleans(),
    fence=st.sampled_from(["", "```json\n", "Here it is: "]),
)
def test_any_pieces_give_the_whole_prose_in_order(cuts: list[int], ascii_only: bool, fence: str) -> None:
    text = fence + json.dumps(TAKE, ensure_ascii=ascii_only) + ("\n```" if fence.startswith("`") else "")
    places = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    found = grown([text[start:end] for start, end in itertools.pairwise(places)])
    assert joined(found) == {field: TAKE[field] for field in FIELDS}
    order = list(dict.fromkeys(name for name, _ in found))
    assert order == list(FIELDS)


@settings(deadline=None)
@given(end=st.integers(0, 400))
def test_a_beginning_shows_a_beginning(end: int) -> None:
    shown = joined(grown(list(json.dumps(TAKE)[:end])))
    assert all(str(TAKE[field]).startswith(shown[field]) for field in FIELDS)


@settings(deadline=None)
@given(text=st.text(max_size=60))
def test_what_is_no_take_shows_nothing_and_fails_nothing(text: str) -> None:
    assert all(field in FIELDS for field, _ in grown(list(text)))
    assert grown(["[1, 2]", '"headline"']) == []


def test_prose_comes_in_the_order_of_the_reply() -> None:
    turned = json.dumps({name: TAKE[name] for name in ("body", "tags", "summary", "headline")})
    assert list(dict.fromkeys(name for name, _ in grown(list(turned)))) == ["body", "summary", "headline"]
