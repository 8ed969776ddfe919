"""From a model's reply to a take: handles become addresses, every other address goes, whatever form it hides in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourtake.documents import Related
from ourtake.errors import AnswerError
from ourtake.text.markdown import links, paragraphs
from ourtake.writing.addresses import REMOVED, to_addresses, to_handles
from ourtake.writing.repair import mended, passages_at_fault
from ourtake.writing.reply import take_from

RELATED = [Related(id=f"r{n}", url=f"https://paper.example/{n}/(x)", title=f"Title {n}", handle=f"a{n}") for n in (1, 2)]
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
    done = to_addresses(text, RELATED)
    known = {to_addresses("[x](a1)", RELATED)[4:-1], to_addresses("[x](a2)", RELATED)[4:-1]}
    targets = {link.target for link in links(done)}
    assert targets <= known | {REMOVED}
    assert "made-up" not in done or targets <= {REMOVED} | known
    assert "//made-up" not in done and "javascript:" not in done and "data:" not in done


def test_a_handle_becomes_the_archives_address_and_goes_back() -> None:
    text = "See [Title 1](a1) and [Title 2](A2)."
    done = to_addresses(text, RELATED)
    assert done.count("paper.example") == 2
    assert to_handles(done, RELATED) == "See [Title 1](a1) and [Title 2](a2)."


@given(st.text(alphabet=st.sampled_from(list("[]()<>a1:/hts.wx \n!\\`")), max_size=60))
def test_any_text_is_survived_and_holds_no_strange_target(text: str) -> None:
    done = to_addresses(text, RELATED)
    assert not {link.target for link in links(done) if "://" in link.target and "paper.example" not in link.target}


TAKE = {"headline": "H", "summary": "S", "body": "One.\n\nTwo [x](a9).\n\nThree.", "tags": ["t"]}
NOT_TAKES = [
    "",
    "Sorry.",
    "[]",
    "null",
    '"x"',
    "{",
    json.dumps({**TAKE, "tags": "t"}),
    json.dumps({**TAKE, "body": " "}),
    json.dumps({"headline": "H"}),
    "[" * 5000,
]


@pytest.mark.parametrize("text", NOT_TAKES, ids=range(len(NOT_TAKES)))
def test_what_is_no_take_is_an_error_of_its_own(text: str) -> None:
    with pytest.raises(AnswerError):
        take_from(text, RELATED)


@pytest.mark.parametrize("form", ["{}", "```json\n{}\n```", "  ```\n{}\n```  "])
def test_a_fence_is_taken_off(form: str) -> None:
    assert take_from(form.replace("{}", json.dumps(TAKE)), RELATED).headline == "H"


def test_a_lone_surrogate_and_control_characters_are_taken_out() -> None:
    take = take_from(json.dumps({**TAKE, "headline": "A\ud800\u0007B"}), RELATED)
    assert take.headline == "AB"


def test_a_repair_leaves_every_other_paragraph_byte_for_byte() -> None:
    from ourtake.checks.registry import check
    from ourtake.documents import Source

    take = take_from(json.dumps(TAKE), RELATED)
    report = check(take, source=Source(title="t", outlet="o", url="https://o.example/1", blurb="b"), related=RELATED, select=["LNK001"])
    passages = passages_at_fault(take, report, RELATED)
    assert [passage.name for passage in passages] == ["paragraph 2"]
    reply = json.dumps({"passages": [{"name": "paragraph 2", "text": "Mended [Title 1](a1)."}, {"name": "paragraph 1", "text": "Not asked for."}]})
    done = mended(take, reply, passages=passages, related=RELATED)
    assert [span.text for span in paragraphs(done.body)][::2] == ["One.", "Three."]
    assert "Mended [Title 1](https://paper.example/1/" in done.body and done.summary == take.summary
