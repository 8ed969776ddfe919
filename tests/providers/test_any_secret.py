"""Any secret, in any of its forms, is masked in a whole text and in pieces that are cut anywhere."""

from __future__ import annotations

import re
import string
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from ourtake.config import Settings
from ourtake.providers.redaction import Redaction
from ourtake.providers.secret_forms import exact_forms

BREAKS = ("\n", "\r\n", "\\n", "\\r\\n", "\n  ", " ", "\t")
CUTS = st.lists(st.integers(1, 200), max_size=12) | st.just([*range(1, 60)])
OTHER = "отказано"
"""Letters that are in no secret: a Latin one may be the next of a coded secret."""
FEW = settings(max_examples=60)


def redaction_of(secret: str) -> Redaction:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DESK_KEY", secret)
        return Redaction(Settings())


def shown(redaction: Redaction, text: str, cuts: list[int]) -> str:
    """What a reader of a stream sees."""
    stream = redaction.stream()
    pieces = [text[start:end] for start, end in pairwise([0, *sorted({*cuts}), len(text) + 400])]
    return "".join(map(stream.add, pieces)) + stream.end()


@st.composite
def broken_secrets(draw: st.DrawFn) -> tuple[str, str]:
    """A secret, and one of its forms with line breaks between its characters."""
    secret = draw(st.text(string.ascii_letters + string.digits + "nrt\\\"'$!/+-=_&%. é", min_size=8, max_size=40))
    form = draw(st.sampled_from(sorted({*exact_forms(secret)})))
    gaps = draw(st.dictionaries(st.integers(1, len(form) - 1), st.sampled_from(BREAKS), max_size=4))
    return secret, "".join(gaps.get(at, "") + one for at, one in enumerate(form))


@FEW
@given(broken_secrets(), CUTS)
@example(("!!Secret99", "!!Secret99"), [6])
@example(("p4$$-w0rd=", "p4$$-w0rd="), [11])
@example(("hunter2hunt", "hunter2\nhunt"), [])
@example(("correcthorsebattery", "correcthorse\\nbattery"), [])
@example(("correcthorsebattery", "correcthorse\\nbattery"), [15])
def test_a_form_of_any_secret_is_masked_with_line_breaks_in_it(case: tuple[str, str], cuts: list[int]) -> None:
    secret, written = case
    # A form with spaces or "\n" of its own can't be told from one with breaks, unless it is as it was.
    joined = re.sub(r"\s|\\[nr]", "", written)
    assume(written in exact_forms(secret) or joined in exact_forms(secret))
    redaction = redaction_of(secret)
    text = f"«{written}» {OTHER}"
    assert redaction.masked(text) == shown(redaction, text, cuts) == f"«[key]» {OTHER}"


@st.composite
def spelled_secrets(draw: st.DrawFn) -> tuple[str, str]:
    """A long secret, and how its letters are spelled out."""
    secret = draw(st.from_regex(r"[A-Za-z]{2}-[0-9]{2}[A-Za-z0-9_$-]{16,60}[a-z]", fullmatch=True))
    form = draw(st.sampled_from([secret, secret[::-1], secret.encode().hex(), secret.upper()]))
    sign = draw(st.sampled_from([" ", ", ", ".", "\u200b", "\n", "\\n", "\\", "|\\t|"]))
    return secret, sign + sign.join(form) + sign


@FEW
@given(spelled_secrets(), CUTS)
@example(("sk-proj-4711nrtnrt", "\\" + "\\".join("sk-proj-4711nrtnrt")), [])
def test_any_long_secret_is_masked_however_it_is_spelled_out(case: tuple[str, str], cuts: list[int]) -> None:
    secret, written = case
    redaction = redaction_of(secret)
    text = f"«{written}» {OTHER}"
    masked = redaction.masked(text)
    assert re.fullmatch(r"«\W*(?:\\[nrt]\W*)*\[key\]\W*(?:\\[nrt]\W*)*» " + OTHER, masked), masked
    assert shown(redaction, text, cuts) == masked


@FEW
@given(st.data(), CUTS)
def test_pieces_show_what_the_whole_text_shows(data: st.DataObject, cuts: list[int]) -> None:
    # Few different characters: beginnings of the secret are everywhere, and its copies overlap.
    secret = data.draw(st.text("ab1\\n", min_size=8, max_size=14))
    bits = st.sampled_from([secret, secret[:5], secret[4:], secret[:-1], *"ab1\\n \n"])
    text = "".join(data.draw(st.lists(bits, max_size=12)))
    redaction = redaction_of(secret)
    assert shown(redaction, text, cuts) == redaction.masked(text)


def test_what_ends_a_secret_may_begin_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONE_KEY", "abcdef-gh12")
    monkeypatch.setenv("OTHER_KEY", "gh12/xyzw99")
    redaction = Redaction()
    assert shown(redaction, "«abcdef-gh12/xyzw99»", [12]) == "«[key]»"


@pytest.mark.parametrize("secret", ["nb1aba1a1n1", "rb1aba1a"])
def test_a_backslash_before_a_secret_hides_none_of_it_but_its_first_letter(secret: str) -> None:
    redaction = redaction_of(secret)
    text = f"«\\{secret[:5]}\\n{secret[5:]}»"
    assert redaction.masked(text) == shown(redaction, text, [3, 9]) == f"«\\{secret[0]}[key]»"


def test_masks_of_a_long_secret_take_little_memory() -> None:
    secret = "".join(f"{at * 7919 % 9973:x}-" for at in range(1_000))[:3_200]
    tracemalloc.start()
    try:
        redaction = redaction_of(secret)
        streams = [redaction.stream() for _ in range(20)]
        assert [stream.add(f"«{secret[:300]}") for stream in streams] == ["«"] * 20
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert streams[0].add(f"{secret[300:]}»") + streams[0].end() == "[key]»"
    assert most < 10_000_000
