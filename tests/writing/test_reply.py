"""From a model's reply to a take: handles become addresses, every other address goes, whatever form it hides in."""

from __future__ import annotations

import html
import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ourtake.documents import REMOVED, Related
from ourtake.errors import AnswerError
from ourtake.text.markdown import links, paragraphs
from ourtake.writing.feedback import Passage
from ourtake.writing.handles import with_addresses, with_handles
from ourtake.writing.repair import apply_repair, passages_to_repair
from ourtake.writing.reply import parse_take

RELATED = [
    Related(id=f"r{n}", url=f"https://paper.example/{n}/(x)", title=f"Title {n}", handle=f"a{n}") for n in (1, 2)
]
BAD = [
    "[x](https://made-up.example/a)",
    "![x](https://made-up.example/a.png)",
    "<https://made-up.example/a>",
    "see https://made-up.example/a.",
    "see www.made-up.example",
    "[x](//made-up.example/a)",
    "[x](made-up.example/a)",
    "[x](javascript:alert(1))",
    "[x][1]\n\n[1]: https://made-up.example/a",
    '<a href="https://made-up.example/a">x</a>',
    "[x](HTTPS://made-up.example/a)",
    "[x](data:text/html;base64,AAAA)",
    "![x](a1)",
    "[https://made-up.example](a1)",
    "[x](https://paper.example/3/)",
]


@pytest.mark.parametrize("text", BAD)
def test_no_address_of_the_models_own_survives(text: str) -> None:
    done = with_addresses(text, RELATED)
    known = {with_addresses("[x](a1)", RELATED)[4:-1], with_addresses("[x](a2)", RELATED)[4:-1]}
    targets = {link.target for link in links(done)}
    assert targets <= known | {REMOVED}
    assert "made-up" not in done or targets <= {REMOVED} | known
    assert "//made-up" not in done and "javascript:" not in done and "data:" not in done


def test_a_handle_becomes_the_archives_address_and_goes_back() -> None:
    text = "See [Title 1](a1) and [Title 2](A2)."
    done = with_addresses(text, RELATED)
    assert done.count("paper.example") == 2
    assert with_handles(done, RELATED) == "See [Title 1](a1) and [Title 2](a2)."


@given(st.text(alphabet=st.sampled_from(list("[]()<>a1:/hts.wx \n!\\`")), max_size=60))
def test_any_text_is_survived_and_holds_no_strange_target(text: str) -> None:
    done = with_addresses(text, RELATED)
    assert not {link.target for link in links(done) if "://" in link.target and "paper.example" not in link.target}


TAKE = {"headline": "H", "summary": "S", "body": "One.\n\nTwo [x](a9).\n\nThree.", "tags": ["t"]}
NOT_TAKES = [
    "",
    "Sorry.",
    "[]",
    "null",
    '"x"',
    "{",
    json.dumps({**TAKE, "body": " "}),
    json.dumps({"headline": "H"}),
    "[" * 5000,
]


@pytest.mark.parametrize("text", NOT_TAKES, ids=range(len(NOT_TAKES)))
def test_what_is_no_take_is_an_error_of_its_own(text: str) -> None:
    with pytest.raises(AnswerError):
        parse_take(text, RELATED)


@pytest.mark.parametrize("form", ["{}", "```json\n{}\n```", "  ```\n{}\n```  "])
def test_a_fence_is_taken_off(form: str) -> None:
    assert parse_take(form.replace("{}", json.dumps(TAKE)), RELATED).headline == "H"


@pytest.mark.parametrize(
    "form",
    [
        "Here is the take:\n\n```json\n{}\n```\nI hope this helps.",
        "Sure. {}",
        "{}\n\nDone.",
        '<think>Perhaps {"headline": "no"}?</think>\n{}',
        "In {braces} first, then {}",
    ],
)
def test_words_around_the_object_are_passed_over(form: str) -> None:
    assert parse_take(form.replace("{}", json.dumps(TAKE)), RELATED).headline == "H"


@pytest.mark.parametrize("form", ["{} {}", '{"draft": {}, "then', "x" + '{"a":' * 50_000, "{" * 50_000 + "{}"])
def test_several_objects_and_parts_of_a_broken_one_are_no_take(form: str) -> None:
    with pytest.raises(AnswerError):
        parse_take(form.replace("{}", json.dumps(TAKE)), RELATED)


def test_a_lone_surrogate_and_control_characters_are_taken_out() -> None:
    take = parse_take(json.dumps({**TAKE, "headline": "A\ud800\u0007B"}), RELATED)
    assert take.headline == "AB"


def test_a_repair_leaves_every_other_paragraph_byte_for_byte() -> None:
    from ourtake.checks.base import CheckContext
    from ourtake.checks.registry import check
    from ourtake.documents import Source

    take = parse_take(json.dumps(TAKE), RELATED)
    report = check(
        take,
        CheckContext(Source(title="t", outlet="o", url="https://o.example/1", blurb="b"), tuple(RELATED)),
        select=["LNK001"],
    )
    passages = passages_to_repair(take, report, RELATED)
    assert [passage.name for passage in passages] == ["paragraph 2"]
    reply = json.dumps(
        {
            "passages": [
                {"name": "paragraph 2", "text": "Mended [Title 1](a1)."},
                {"name": "paragraph 1", "text": "Not asked for."},
            ]
        }
    )
    done = apply_repair(take, reply, passages=passages, related=RELATED)
    assert [span.text for span in paragraphs(done.body)][::2] == ["One.", "Three."]
    assert "Mended [Title 1](https://paper.example/1/" in done.body and done.summary == take.summary


HIDDEN = [
    "[x](https&#58;//made-up.example)",
    "[x](&#x68;ttps&#x3a;&#x2f;&#x2f;made-up&#x2e;example)",
    "[x](made-up&period;example)",
    "[x](&amp;#47;&amp;#47;made-up.example)",
    "h\u200bttps://made-up.example/a",
    "https\\://made-up.example/a",
    "www\\.made-up.example",
    "<made@made-up.example>",
    "write to made@made-up.example",
    "made-up.example/story",
    "<a href=made-up.example>x</a>",
    "<img src=x onerror=alert(1)>",
    "<!-- [x](made-up.example) -->",
    "[r]\n\n> [r]: made-up.example",
    "[r]\n\n- [r]: made-up.example",
    "[r]\n\n[r]:\nmade-up.example",
    "[![x](https://made-up.example/p.png)](a1) and a tail that stays",
    "\\`[x](made-up.example)`",
    "[x](tel:+100)",
    "[x](\uff411)",
    "[x](a1/../made-up.example)",
    '[x](a1 "https://made-up.example")',
    "[x](https://paper.example@made-up.example/1)",
]


def shown_targets(text: str) -> set[str]:
    """Every address in the page that a CommonMark renderer with raw HTML makes of the text."""
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    assert not re.search(r"<(?:script|img|iframe|object|style)", page, re.IGNORECASE)
    return {html.unescape(found) for found in re.findall(r"""href\s*=\s*["']?([^"'\s>]*)""", page)}


KNOWN = {"https://paper.example/1/%28x%29", "https://paper.example/2/%28x%29", REMOVED}


@pytest.mark.parametrize("text", [*BAD, *HIDDEN])
def test_no_renderer_finds_an_address_of_the_models_own(text: str) -> None:
    take = parse_take(json.dumps({"headline": text, "summary": text, "body": text, "tags": [text]}), RELATED)
    assert shown_targets(take.body) <= KNOWN and shown_targets(take.summary) <= KNOWN
    assert "//" not in take.headline and "](" not in take.headline and "<" not in take.headline


@given(st.text(alphabet=st.sampled_from(list("[]()<>a12:/hts.wx \n!\\`&#;@\"'-")), max_size=80))
@example("<1@1>")
@example("\\\\<1@1>")
@example("<<1@1>>")
def test_no_text_leads_a_renderer_out_of_the_archive(text: str) -> None:
    targets = shown_targets(with_addresses(text, RELATED))
    assert not [target for target in targets - KNOWN if not re.fullmatch(r"[A-Za-z0-9_-]*", target)]


PROSE = [
    "The data: three of four. The file: gone.",
    "and/or 24/7, U.S./Mexico, Booking.com, a 3:2 vote",
    "x &lt; y and AT&amp;T",
    "He said [sic] so.",
]


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_left_alone(text: str) -> None:
    assert with_addresses(text, RELATED) == html.unescape(text)


def test_what_stands_behind_a_removed_image_stays() -> None:
    done = with_addresses("A [![x](https://made-up.example/p.png)](a1) and a tail. [Title 2](a2) ends it.", RELATED)
    assert done.endswith(" and a tail. [Title 2](https://paper.example/2/%28x%29) ends it.")


@pytest.mark.parametrize("spelling", ["[x](A1)", "[x]( a1 )", "[x](<a1>)", "[x](#a1)"])
def test_a_handle_is_known_in_every_spelling(spelling: str) -> None:
    assert with_addresses(spelling, RELATED) == "[x](https://paper.example/1/%28x%29)"


def test_a_repair_passes_the_same_gate() -> None:
    take = parse_take(json.dumps(TAKE), RELATED)
    passages = [Passage("headline", "H", ()), Passage("paragraph 1", "One.", ())]
    rows = [
        {"name": ["headline"], "text": "x"},
        {"name": "headline", "text": "A [new](https://made-up.example) one\ud800"},
        {"name": "paragraph 1", "text": "See www.made-up.example\ud800."},
    ]
    done = apply_repair(take, json.dumps({"passages": rows}), passages=passages, related=RELATED)
    assert done.headline == "A new one" and done.body.startswith(f"See [address removed]({REMOVED}).")


def test_a_reply_of_a_book_is_no_take() -> None:
    with pytest.raises(AnswerError, match="too long"):
        parse_take(json.dumps({**TAKE, "body": "word " * 20_000}), RELATED)


def test_an_address_in_code_is_found() -> None:
    from ourtake.checks.base import CheckContext
    from ourtake.checks.registry import check
    from ourtake.documents import Source

    take = parse_take(json.dumps({**TAKE, "body": "Look at `https://made-up.example/x` there."}), RELATED)
    report = check(
        take,
        CheckContext(Source(title="t", outlet="o", url="https://o.example/1", blurb="b"), tuple(RELATED)),
        select=["SAF004"],
    )
    assert [finding.text for finding in report.findings] == [REMOVED]


@pytest.mark.parametrize(
    "text", ["Look!//x.example", "Look!<a href=https://x.example>", "\\![words](//x.example)", "Look![words](a1)"]
)
def test_no_exclamation_mark_makes_an_image(text: str) -> None:
    assert not any(link.image for link in links(with_addresses(text, RELATED)))


@pytest.mark.parametrize(
    "text",
    [
        '{"take": {"headline": "H", "summary": "S", "body": "B", "tags": ["t", "u"]}}',
        '[{"headline": "H", "summary": "S", "body": "B", "tags": "t, u"}]',
        '"{\\"headline\\": \\"H\\", \\"summary\\": \\"S\\", \\"body\\": \\"B\\", \\"tags\\": \\"t,u\\"}"',
        '{"headline": "H", "summary": "S", "body": ["B"], "tags": ["t", "u"]}',
    ],
)
def test_a_take_in_another_wrapping_is_a_take(text: str) -> None:
    take = parse_take(text, [])
    assert (take.headline, take.summary, take.body, take.tags) == ("H", "S", "B", ("t", "u"))


@pytest.mark.parametrize("depth", [1, 3, 9, 60])
@pytest.mark.parametrize("name", ["b", "script", "im"])
def test_tags_within_tags_leave_no_tag_however_deep(depth: int, name: str) -> None:
    nested = "<b>"
    for _ in range(depth):
        nested = f"<{name[:-1]}{nested}{name[-1:]} src=x>"
    words = with_addresses(f"The mill {nested}closed{nested} in May.", RELATED)
    assert not re.search(r"(?<!\\)<[A-Za-z/!?]", words)
    assert "closed" in words
