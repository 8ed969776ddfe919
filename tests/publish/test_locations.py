"""Spans of fields as spans of the file: every way in which YAML may write a value, line ends, marks, cleaned
characters.
"""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ourtake.documents import Take
from ourtake.publish.fixed_file import fixed_text
from ourtake.publish.locations import layout_of_file, position
from ourtake.publish.markdown import read
from ourtake.values import clean_text

FRONT = "source: {title: T, outlet: O, url: 'https://o.example/1', blurb: b}\n"
SUMMARIES = {
    "plain": "summary: We say that fifty halls wait.\n",
    "single quotes": "summary: 'We say ''yes'' that fifty halls wait.'\n",
    "double quotes": 'summary: "We \\"say\\" that \\u201cthe\\u201d fifty\\x20halls wait."\n',
    "plain, folded": "summary: We say that\n  fifty\n  halls wait.\n",
    "single quotes, folded": "summary: 'We say that\n\n  it''s fifty\n  halls wait.'\n",
    "double quotes, folded": 'summary: "We say that\\\n  \\ fifty\n  halls wait."\n',
    "literal": "summary: |\n  We say that\n  fifty halls wait.\n",
    "folded": "summary: >-\n  We say that\n  fifty halls\n  wait.\n",
    "deep": "summary: |-\n      We say that fifty halls wait.\n",
}
ENDS = {"unix": "\n", "windows": "\r\n", "old mac": "\r"}


def document(
    summary: str, body: str = "One.\n\nTwo [lost]?", *, end: str = "\n", tags: str = "tags: [a b, 'c''d', e]\n"
) -> tuple[str, Take]:
    text = f"---\ntitle: A headline\n{FRONT}{summary}{tags}---\n\n{body}\n".replace("\n", end)
    return text, read(clean_text(text), "x")[0]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("form", SUMMARIES)
def test_a_word_of_the_summary_is_found_where_it_stands(form: str, end: str) -> None:
    text, take = document(SUMMARIES[form], end=ENDS[end])
    layout = layout_of_file("x.md", text, take)
    start = take.summary.index("fifty")
    place = layout.place("summary", start, start + 5)
    assert place.exact and text[place.start : place.end] == "fifty"
    start = take.summary.index("wait")
    place = layout.place("summary", start, start + 5)
    assert text[place.start : place.end] == "wait."


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("form", SUMMARIES)
def test_a_word_of_the_summary_is_changed_where_it_stands_and_nothing_else(form: str, end: str) -> None:
    text, take = document(SUMMARIES[form], end=ENDS[end])
    new = take.model_copy(
        update={"summary": take.summary.replace("fifty", "forty"), "body": take.body.replace("[lost]", 'it\'s "lost"')}
    )
    changed, left = fixed_text("x.md", text, old=take, new=new)
    assert left == [] and read(clean_text(changed), "x")[0] == new
    assert changed == text.replace("fifty", "forty").replace("[lost]", 'it\'s "lost"')


@pytest.mark.parametrize("form", SUMMARIES)
def test_quotes_are_written_as_the_value_needs_them(form: str) -> None:
    text, take = document(SUMMARIES[form])
    new = take.model_copy(update={"summary": take.summary.replace("fifty", '"it\'s" forty')})
    changed, left = fixed_text("x.md", text, old=take, new=new)
    assert left == [] and read(clean_text(changed), "x")[0] == new


def test_a_value_that_yaml_would_read_otherwise_is_left_alone() -> None:
    text, take = document("summary: fifty halls wait\n")
    new = take.model_copy(update={"summary": "[1]: fifty # halls"})
    assert fixed_text("x.md", text, old=take, new=new) == (text, ["summary"])


def test_tags_headline_and_lines() -> None:
    text, take = document(SUMMARIES["plain"])
    layout = layout_of_file("x.md", text, take)
    field = ", ".join(take.tags)
    for word, written in (("a b", "a b"), ("c'd", "c''d"), ("e", "e")):
        start = field.index(word)
        place = layout.place("tags", start, start + len(word))
        assert text[place.start : place.end] == written
    place = layout.place("headline", 2, 10)
    assert (text[place.start : place.end], position(text, place.start)) == ("headline", (2, 10))
    place = layout.place("body", take.body.index("[lost]"), len(take.body) - 1)
    assert position(text, place.start) == (10, 5)


def test_what_stands_nowhere_points_at_its_key() -> None:
    text = "---\ntitle: A headline\n" + FRONT + "summary: &x 1984\ntags: a, b\n---\nBody?\n"
    take = read(text, "x")[0].model_copy(update={"summary": "something else"})
    layout = layout_of_file("x.md", text, take)
    assert [layout.place(field, 0, 1).exact for field in ("summary", "tags", "headline")] == [False, False, True]
    place = layout.place("tags", 0, 1)
    assert text[place.start : place.end] == "tags: a, b"


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(
        lambda text: text.strip() == text and bool(text)
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.booleans(),
)
def test_every_span_is_in_the_file(summary: str, body: str, windows: bool) -> None:
    dumped = yaml.safe_dump(
        {"title": "h", "source": {"title": "t"}, "summary": clean_text(summary)}, allow_unicode=True
    )
    text = f"---\n{dumped}---\n{body}\n"
    text = text.replace("\r", "").replace("\n", "\r\n") if windows else text
    take = read(clean_text(text), "x")[0]
    layout = layout_of_file("x.md", text, take)
    fields = ("summary", "body")
    for field in fields:
        whole = getattr(take, field)
        for start in range(len(whole)):
            place = layout.place(field, start, start + 1)  # type: ignore[arg-type]
            assert 0 <= place.start <= place.end <= len(text)
            if place.exact and not whole[start].isspace() and "\\" not in text:
                assert text[place.start : place.end][:1] == whole[start]
