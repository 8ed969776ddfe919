"""A model's thoughts apart from its answer: every form, whatever the pieces, and in linear time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourtake.text.thoughts import Spoken, spoken

ANSWER = '{"body": "The answer, with \\"<think>\\" and </think> in its words. {", "tags": ["a"]}'
PLAIN = '{"body": "A draft."}'
DRAFT = 'First {"body": "a draft"} and [more](a1), then "no'

ENDED = {
    "tag": f"<think>\n{DRAFT}</think>\n{ANSWER}",
    "upper": f"<THINK>{DRAFT}</THINK>{ANSWER}",
    "thinking": f"<thinking>{DRAFT}</thinking>{ANSWER}",
    "thought": f"<thought>{DRAFT}</thought>{ANSWER}",
    "reasoning": f'<reasoning effort="high">{DRAFT}</reasoning>{ANSWER}',
    "named": f"<seed:think>{DRAFT}</seed:think>{ANSWER}",
    "bracket": f"[THINK]{DRAFT}[/THINK]{ANSWER}",
    "pair": f"<|START_THINKING|>{DRAFT}<|END_THINKING|>{ANSWER}",
    "pair of": f"<|begin_of_thought|>{DRAFT}<|end_of_thought|>{ANSWER}",
    "two": f"<think>{DRAFT}</think>\n<think>{DRAFT}</think>{ANSWER}",
    "mixed": f"<think>{DRAFT}</thinking>{ANSWER}",
    "another within": f"<think>a <reasoning>b</reasoning> {DRAFT}</think>{ANSWER}",
    "names its own mark": f"<think>I close with <think> first. {DRAFT}</think>{ANSWER}",
    "nested": f"<think>a <think>{DRAFT}</think> {DRAFT}</think>{ANSWER}",
    "no opening": f"{DRAFT}\n</think>\n\n{ANSWER}",
    "no opening, a draft first": f'{{"body": "a draft"}} no.</think>{ANSWER}',
    "fence": f"<think>{DRAFT}</think>\n```json\n{ANSWER}\n```",
    "none": ANSWER,
    "after": f"{ANSWER}\n<think>Done.</think>",
    "channels": f"<|channel|>analysis<|message|>{DRAFT} <think><|end|><|start|>assistant<|channel|>final<|message|"
    f">{ANSWER}<|return|>",
    "constrained": f"<|channel|>analysis<|message|>{DRAFT}<|end|><|start|>assistant<|channel|>final <|constrain|>json<|"
    f"message|>{ANSWER}",
    "commentary": f"<|channel|>commentary<|message|>{DRAFT}<|channel|>final<|message|>{ANSWER}",
    "words before a channel": f"{DRAFT}<|channel|>final<|message|>{ANSWER}",
}
OPEN = {
    "tag": f"<think>{DRAFT} and {PLAIN}",
    "upper": f"<Thinking>{PLAIN}",
    "bracket": f"[THINK]{PLAIN}",
    "channel": f"<|channel|>analysis<|message|>{PLAIN}",
    "header": f"<|channel|>analysis {PLAIN}",
    "other closing": f"<think>a</reasoning>{PLAIN}",
    "second": f"<think>a</think><think>{PLAIN}",
    "after": f"{PLAIN}<think>or rather",
}


def fed(text: str, size: int) -> Spoken:
    found, said, restarts = Spoken(), "", 0
    for start in range(0, len(text), size):
        new = found.add(text[start : start + size])
        said = new if found.restarts != restarts else said + new
        restarts = found.restarts
    new = found.end()
    assert (new if found.restarts != restarts else said + new) == found.text
    return found


@pytest.mark.parametrize("form", ENDED)
@pytest.mark.parametrize("size", [1, 2, 7, 20, 10_000])
def test_the_answer_is_what_is_left(form: str, size: int) -> None:
    found = fed(ENDED[form], size)
    bare = found.text.strip().removeprefix("```json\n").removesuffix("\n```")
    assert (bare, found.thinking) == (ANSWER, False)


@pytest.mark.parametrize("form", OPEN)
@pytest.mark.parametrize("size", [1, 20, 10_000])
def test_thoughts_without_an_end_are_not_an_answer(form: str, size: int) -> None:
    assert fed(OPEN[form], size).thinking


@pytest.mark.parametrize(
    "text", ["Words with <b>tags</b>, [Think](a1), a < b.", "", "{ half", "<|im_start|>x", "```", "a <thinker> b"]
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert spoken(text).text == text and not spoken(text).thinking


_MARKS = ["<think>", "</think>", "[THINK]", "[/THINK]", "<|channel|>", "final", "analysis", "<|message|>", "<|end|>"]
_PARTS = [*_MARKS, "{", "}", '"', "\\", "```json\n", " ", "<", "x"]


@settings(deadline=None, max_examples=300)
@given(parts=st.lists(st.sampled_from(_PARTS), max_size=25), size=st.integers(1, 9))
def test_the_pieces_make_no_difference(parts: list[str], size: int) -> None:
    text = "".join(parts)
    whole, cut = spoken(text), fed(text, size)
    assert (whole.text, whole.thinking) == (cut.text, cut.thinking)


@pytest.mark.parametrize(
    "part", ["<", "[", "<think", "<think>", "</think>", '{"', "\\", "<|channel|>", "```", " ", '"<think>"']
)
def test_a_megabyte_of_anything_is_read_once(part: str) -> None:
    """Quadratic reading would take hours here: the suite's own time-out is the limit."""
    text = part * (1_000_000 // len(part))
    fed(text, 4_000)
    spoken(text)
