"""What is read from a text is kept with that text, and with no other."""

from __future__ import annotations

import pickle

import pytest

from ourtake.text.parsed import Text, kept

read: list[str] = []


@kept
def shouted(text: str, times: int) -> str:
    read.append(text)
    return text.upper() * times


def test_a_text_is_read_once() -> None:
    read.clear()
    text = Text("a wall")
    assert shouted(text, 1) == shouted(text, 1) == "A WALL"
    assert read == ["a wall"]


def test_other_arguments_are_told_apart() -> None:
    text = Text("x")
    assert (shouted(text, 1), shouted(text, 2), shouted(text, 3)) == ("X", "XX", "XXX")


def test_an_equal_text_has_a_memory_of_its_own() -> None:
    read.clear()
    shouted(Text("b"), 1)
    shouted(Text("b"), 1)
    assert read == ["b", "b"]


def test_a_plain_string_is_read_each_time() -> None:
    read.clear()
    shouted("c", 1)
    shouted("c", 1)
    assert read == ["c", "c"]


def test_a_text_is_a_string_and_is_pickled_as_one() -> None:
    text = Text("a wall")
    shouted(text, 1)
    assert text == "a wall"
    assert hash(text) == hash("a wall")
    assert Text(text) is text
    assert type(pickle.loads(pickle.dumps(text))) is str


def test_keywords_are_refused_since_the_key_leaves_them_out() -> None:
    with pytest.raises(TypeError, match="times"):
        shouted(Text("d"), times=2)
