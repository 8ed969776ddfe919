"""Offsets hold on any text, and the hard cases come out as CommonMark has them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourtake.text.markdown import _EMPHASIS, _without_emphasis, blocks, links, unresolved_brackets, visible
from ourtake.text.quotations import quotations_in

MARKDOWN = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("[]()<>!*_`\\\"'\u201c\u201d\n #-.:/ahtpsw")), st.characters(codec="utf-8")
    ),
    max_size=120,
)


@given(MARKDOWN)
def test_every_span_is_where_it_says(text: str) -> None:
    for _, span in blocks(text):
        assert text[span.start : span.end] == span.text
    for span in unresolved_brackets(text):
        assert text[span.start : span.end] == span.text
    for quotation in quotations_in(text):
        assert text[quotation.start : quotation.end] == quotation.text
    for link in links(text):
        assert 0 <= link.start < link.end <= len(text)
        assert text[link.anchor_start : link.anchor_end] == link.anchor
    visible(text)


LINKS = {
    "[a](b)": [("a", "b")],
    "[a [b] c](d)": [("a [b] c", "d")],
    "[a](<b c>)": [("a", "b c")],
    "[a](b(c)d)": [("a", "b(c)d")],
    '[a](b "title")': [("a", "b")],
    "\\[a](b)": [],
    "`[a](b)`": [],
    "[a]\n\n[a]: /x": [("a", "/x")],
    "<https://x.example/a>": [("https://x.example/a", "https://x.example/a")],
    "[a](b) and [c](d)": [("a", "b"), ("c", "d")],
    "[outer [inner](x) words](y)": [("inner", "x")],
}


@pytest.mark.parametrize("text", LINKS)
def test_links(text: str) -> None:
    assert [(link.anchor, link.target) for link in links(text)] == LINKS[text]


@pytest.mark.parametrize(
    ("text", "lost"),
    [("see [our piece].", ["[our piece]"]), ("[a](b)", []), ("`[code]`", []), ("[a] [b]", ["[a]", "[b]"])],
)
def test_brackets_without_an_address(text: str, lost: list[str]) -> None:
    assert [span.text for span in unresolved_brackets(text)] == lost


@given(st.text(alphabet="ab *_\n.", max_size=40))
def test_emphasis_goes_as_its_pattern_says(text: str) -> None:
    assert _without_emphasis(text) == _EMPHASIS.sub(r"\2", text)
