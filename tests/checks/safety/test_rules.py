"""SAF: tables of what must be found and what must be let through."""

import pytest

from ourtake.checks.base import Case, CheckContext
from ourtake.checks.examples import SOUND, build
from ourtake.checks.registry import RULES
from ourtake.documents import Take


def found(code: str, body: str, *, headline: str = "A headline", tags: tuple[str, ...] = ()) -> list[str]:
    sound = build(SOUND)
    take = Take(headline=headline, summary="A summary.", body=body, tags=tags)
    case = Case(take, CheckContext(sound.source, sound.related))
    return [case.text(hit.field)[hit.start : hit.end] for hit in RULES[code].function(case)]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("The firm <b>asked</b>.", ["<b>", "</b>"]),
        ("See <img src=x onerror=alert(1)> there.", ["<img src=x onerror=alert(1)>"]),
        ("An unclosed <script src=", ["<script"]),
        ("Words <!-- a note to self --> more.", ["<!-- a note to self -->"]),
        ("Salt&nbsp;and&#8212;pepper.", ["&nbsp;", "&#8212;"]),
        ("![a picture](a1)", ["![a picture](a1)"]),
        ("```\ncode\n```", ["```\ncode\n```"]),
        ("| a | b |\n| - | - |\n| 1 | 2 |", ["| a | b |\n| - | - |\n| 1 | 2 |"]),
        ("<!-- ourtake: ignore LNK006 twice on purpose -->\n\nWords.", []),
        ("Three < four and five > two; AT&T and R&D; a *word* and \\<b>.", []),
        ("The [anchor](a1) stays.", []),
    ],
)
def test_markup(body: str, wanted: list[str]) -> None:
    assert found("SAF001", body) == wanted


def test_marks_of_markdown_in_a_headline() -> None:
    assert found("SAF001", "Words.", headline="# A headline") == ["# "]
    assert found("SAF001", "Words.", headline="A 5 * 5 garden") == []


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("zero\u200bwidth", ["\u200b"]),
        ("so\u00adft", ["\u00ad"]),
        ("st\uff41rk and b\U0001d428ld", ["\uff41", "\U0001d428"]),
        ("\u202egnp.exe", ["\u202e"]),
        ("tag\U000e0041\U000e0042ged", ["\U000e0041\U000e0042"]),
        ("a\ufe0fb", ["\ufe0f"]),
        ("p\u0430y now", ["p\u0430y"]),
        ("line\u2028end", ["\u2028"]),
        ("\u2764\ufe0f and \U0001f468\u200d\U0001f469\u200d\U0001f467 and 1\ufe0f\u20e3", []),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", []),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", []),
        ("\u041c\u043e\u0441\u043a\u0432\u0430 and \u03c0 and na\u00efve caf\u00e9\u00a0bar", []),
    ],
)
def test_hidden_characters(body: str, wanted: list[str]) -> None:
    assert found("SAF002", body) == wanted


def test_the_fix_takes_hidden_characters_out() -> None:
    sound = build(SOUND)
    text = "p\u0430y\u200bment on\u2028time"
    case = Case(sound.take.model_copy(update={"body": text}), CheckContext(sound.source))
    hits = sorted(RULES["SAF002"].function(case), key=lambda hit: -hit.start)
    for hit in hits:
        assert hit.fix is not None
        text = text[: hit.fix.start] + hit.fix.replacement + text[hit.fix.end :]
    assert text == "payment on time"


def test_a_tags_characters_have_their_place_among_the_tags() -> None:
    assert found("SAF002", "Words.", tags=("towns", "po\u200bwer")) == ["\u200b"]


@pytest.mark.parametrize(
    "body",
    [
        "As an AI language model, I have no view.",
        "I'm just an AI and can't say.",
        "The plan is sound. **Word count:** 612",
        "The plan is sound. Here's the revised take.",
        "I hope this take meets your needs!",
        "I've linked three related articles as requested.",
        "I have kept the take under 600 words.",
        "This take was generated to meet the requested length.",
        "Per the instructions, no other texts were used.",
        "The source does not provide further details.",
        "The list was long (see a2 for details).",
        "The list was long. ### Response follows.",
        "I cannot assist with that.",
        "Sure! Here is what I wrote.",
        "Here is the revised take:\n\nThe town waits.",
        "Here's the take you asked for. The town waits.",
        "The firm [insert name] agreed.",
        "The mayor, [MAYOR NAME], agreed.",
        "Dear {{ name }}, the town waits.",
        '{"headline": "The town", "body": "It waits."}',
        "The town waits.\n\nWord count: 612",
        "The town waits. (612 words)",
        "Note: the second link may not fit.",
        "**Summary:** The town waits.",
        "The town waits (a2).",
        "As we wrote (see a1 and a3), it waits.",
        "It waits. Let me know if you'd like a shorter version.",
        "It waits.\n\n--- END OF TAKE ---",
        "Based on the provided articles, the town waits.",
        "It waits.<|im_end|>",
        "```json",
        "Some 120 offices, or XX% of them, waited.",
        "(The user wants a link here.) It waits.",
        "It waits.\\n\\nIt waits longer.",
        "Summary (60 to 90 words): The town waits.",
        "It waits. Here is the third paragraph, with a link. The town is slow.",
        "It waits, with links to the handles offered.",
        "[Last paragraph: close with a question] The town waits.",
        "[Link a3 here, in another paragraph.] The town waits.",
    ],
)
def test_residue_is_found(body: str) -> None:
    assert found("SAF003", body)


@pytest.mark.parametrize(
    "body",
    [
        'The reply began "As an AI language model, I cannot", and nobody laughed.',
        "The clerk left a note: the list was wrong. It read, in summary: try again.",
        "Here is the trouble. The town waits, and here's the headline it dreads: rain.",
        "The source of the river is dry. Per the old rules, the instructions for the pump hang in the shed, as "
        "requested by nobody.",
        "I have used the word twice, and this draft horse was bred here. We hope this helps.",
        "The A1 was shut, and so was Line A2 (the coastal one).",
        'He said it was "their [sic] plan" [...] and [the list](a1) agreed.',
        "The council published what residents asked for, as requested in June.",
        "Anybody should feel free to ask, and I can't help thinking that few will.",
        "The user asked for a refund; of course, the firm said no.",
        "Sure, there is a case for it. Certainly nobody denies that.",
        "Then [NASA](a1) and [SBA OMB](a2) agreed.",
        "He marked it [final draft] and [the last paragraph](a1) said so; [last year] the question was open.",
        "Here is the last of the paragraphs that the council struck out, and the form requires three copies.",
    ],
)
def test_prose_is_no_residue(body: str) -> None:
    assert found("SAF003", body) == []
