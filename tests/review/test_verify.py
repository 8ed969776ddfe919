"""What verify says of a text: exact, same words, or different, and where."""

from __future__ import annotations

import json

import pytest

from ourtake.documents import Take
from ourtake.errors import InputError
from ourtake.review.verify import compared, page_blocks

TAKE = Take(
    headline="The bridge can wait",
    summary='It "may" cost 40 million -- or more...',
    body="We said so in [What the ferry costs](https://paper.example/1) in 2024.\n\n"
    "- one point\n- two *points*\n\nNobody's asked. What now?",
    tags=("bridge",),
)


def page(body: str = "", headline: str = TAKE.headline, summary: str = "") -> str:
    return f"""<html><head><title>{headline} - Paper</title><style>p {{}}</style></head><body><nav>Home</nav>
      <aside><a href="/9">What the ferry costs</a></aside>
      <article><h1>{headline}</h1>
      <p class="lead">{summary or "It “may” cost 40&nbsp;million – or more…"}</p>
      {
        body
        or '''<p>We said so in <a href="https://paper.example/1?utm_source=x">What the ferry costs</a> in 2024.</p>
      <ul><li>one point</li><li>two <em>points</em></li></ul><p>Nobody’s asked. What now?</p>'''
    }
      </article><script>var x = "What now?";</script><footer>About us</footer></body></html>"""


def test_a_page_with_other_typography_has_the_same_words() -> None:
    assert compared(TAKE, page()) == ("same words", None)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("2024", "2025", "body, paragraph 1"),
        ("40&nbsp;million", "41&nbsp;million", "summary"),
        ("can wait</h1>", "can’t wait</h1>", "headline"),
        ("paper.example/1?", "paper.example/2?", "body, paragraph 1, link 1"),
        ("two <em>points</em>", "two", "body, paragraph 3"),
        ("What now?</p>", "What now!</p>", "body, paragraph 4"),
        ("<ul>", "<p>Buy our book.</p><ul>", "body, paragraph 2"),
        ("asked. What", "asked. <a href='https://elsewhere.example'>What</a>", "body, paragraph 4, link 1"),
    ],
)
def test_a_page_that_was_changed_is_different_and_says_where(old: str, new: str, where: str) -> None:
    changed = page().replace(old, new)
    assert changed != page()
    if "headline" in where:
        changed = changed.replace("<title>The bridge can wait - Paper</title>", "")
    result, difference = compared(TAKE, changed)
    assert result == "different" and difference is not None and difference.where == where
    assert difference.signed != difference.found


def test_a_take_as_json_is_compared_field_by_field() -> None:
    given = TAKE.model_dump(mode="json")
    assert compared(TAKE, json.dumps({"take": given})) == ("exact", None)
    draft = {"id": "d", "chosen": 2, "revisions": [{"number": 1, "take": {}}, {"number": 2, "take": given}]}
    assert compared(TAKE, json.dumps(draft))[0] == "exact"
    for field, value in (
        ("tags", ["harbour"]),
        ("summary", "Less."),
        ("headline", "Wait"),
        ("body", given["body"][:-1]),
    ):
        assert compared(TAKE, json.dumps(given | {field: value}))[0] == "different"


def test_a_payload_for_a_site_is_compared_as_a_page() -> None:
    content = "<p>We said so in <a href='https://paper.example/1'>What the ferry costs</a> in 2024.</p>"
    content += "<ul><li>one point</li><li>two points</li></ul><p>Nobody's asked. What now?</p>"
    payload = {"title": {"raw": TAKE.headline}, "excerpt": TAKE.summary, "content": {"raw": content}}
    assert compared(TAKE, json.dumps(payload)) == ("exact", None)
    assert compared(TAKE, json.dumps(payload).replace("2024", "2023"))[0] == "different"


def test_plain_text_with_a_list_of_links_is_compared_with_both() -> None:
    body = "We said so in What the ferry costs in 2024.\n\none point\n\ntwo points\n\nNobody's asked. What now?"
    given = {"headline": TAKE.headline, "abstract": TAKE.summary, "articleBody": body}
    cited = given | {"citation": [{"url": "https://paper.example/1"}]}
    assert compared(TAKE, json.dumps(cited)) == ("exact", None)
    result, difference = compared(TAKE, json.dumps(given))
    assert result == "different" and difference is not None and difference.signed == "https://paper.example/1"


def test_links_that_lead_nowhere_are_words_when_published() -> None:
    signed = TAKE.model_copy(update={"body": "See [the ferry](a7) and [this](https://paper.example/1)."})
    text = json.dumps(signed.model_dump() | {"body": "See the ferry and [this](https://paper.example/1)."})
    assert compared(signed, text) == ("exact", None)


def test_what_is_neither_a_take_nor_a_page_is_refused() -> None:
    for text in ("just words", ""):
        with pytest.raises(InputError):
            compared(TAKE, text)


def test_what_readers_do_not_see_is_not_read() -> None:
    shown = page_blocks(
        "<p>One<br>line</p><p hidden>no</p><script>no</script><template><p>no</p></template><div>two</div>"
    )
    assert [block.text for block in shown] == ["One line", "two"]
