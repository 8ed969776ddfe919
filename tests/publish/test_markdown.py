"""Published Markdown that people wrote by hand: odd front matter is read or refused, never a crash."""

from __future__ import annotations

import pytest
import yaml

from ourtake.errors import InputError
from ourtake.publish.markdown import read

FRONT = {
    "title": "A headline",
    "source": {"title": "S", "outlet": "O", "url": "https://o.example/", "blurb": "B"},
    "summary": "S.",
    "tags": ["a"],
}


@pytest.mark.parametrize(
    "odd",
    [
        {"related": 5},
        {"related": ["x", {"title": "no address"}]},
        {"tags": 7},
        {"summary": None},
        {"source": {"title": None}},
    ],
)
def test_odd_keys_do_no_harm(odd: dict[str, object]) -> None:
    found = read("---\n" + yaml.safe_dump({**FRONT, **odd}) + "---\n\nBody?\n", "x.md")
    assert found.take.headline == "A headline" and found.take.body == "Body?" and found.related == ()


@pytest.mark.parametrize(("given", "tags"), [("a, b", ("a", "b")), ([None, 1, "c"], ("1", "c")), (None, ())])
def test_tags_as_people_write_them(given: object, tags: tuple[str, ...]) -> None:
    take = read("---\n" + yaml.safe_dump({**FRONT, "tags": given}) + "---\n\nBody?\n", "x.md").take
    assert take.tags == tags


@pytest.mark.parametrize("wrong", [{"title": 5}, {"source": "x"}])
def test_what_a_take_needs_is_asked_for(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError, match="title or source"):
        read("---\n" + yaml.safe_dump({**FRONT, **wrong}) + "---\n\nBody?\n", "x.md")
