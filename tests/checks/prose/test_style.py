"""STY: phrases, contrasts, openings, length, house rules."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from ourtake.checks.base import Case, CheckContext, Example
from ourtake.checks.examples import SOUND, build
from ourtake.checks.prose import style
from ourtake.checks.prose.phrases import book, find, read_rules, slots_of, stock_phrases
from ourtake.config import HouseRule, Settings, Style
from ourtake.errors import ConfigError

FUNCTIONS = {rule.code: rule.function for rule in style.RULES}


def found(code: str, body: str, settings: Settings | None = None) -> list[str]:
    case = build(Example(body=body, settings=settings))
    return [case.text(hit.field)[hit.start : hit.end] for hit in FUNCTIONS[code](case) if hit.field == "body"]


def test_every_shipped_phrase_is_whole_and_finds_itself() -> None:
    lines = (files("ourtake.checks") / "data" / "stock_phrases.jsonl").read_text(encoding="utf-8").splitlines()
    rules = [HouseRule.model_validate(json.loads(line)) for line in lines]
    assert len(rules) >= 200
    assert len({rule.phrase for rule in rules}) == len(rules)
    for rule in rules:
        assert rule.reason and rule.suggestion, rule.phrase
        plain = " ".join(" ".join(sorted(slot, key=len)[-1]) for slot in slots_of(rule.phrase)).replace("_", "whatever")
        assert find(f"So {plain}, then.", stock_phrases()), rule.phrase


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("It serves as a testament to work.", ["serves as a testament"]),
        ("It\u2019s no longer a luxury.", ["It\u2019s no longer a luxury"]),
        ("A game-changer, and a GAME CHANGER.", ["game-changer", "GAME CHANGER"]),
        ("He spoke at the end. Of the day little is known.", []),
        ('She called it "a holistic view" twice.', []),
        ("We wrote of it in [a holistic view of pipes](a1).", []),
        ("It is crucial. We walked on.", []),
        ("It is crucial, and that is crucial.", ["crucial"]),
        ("The day ends and a plain word stands.", []),
    ],
)
def test_stock_phrases(text: str, wanted: list[str]) -> None:
    assert found("STY001", text) == wanted


def test_stock_phrases_can_be_switched_off() -> None:
    assert found("STY001", "It serves as a testament to work.", Settings(style=Style(stock_phrases=False))) == []


@pytest.mark.parametrize(
    ("sentence"),
    [
        "It isn't just about wires; it's about trust.",
        "This is not only a plan but also a promise.",
        "The era is no longer about size, but about care.",
        "It is less about money than about time.",
        "It was never merely a list; it was a promise.",
        "This is more than a bill; it is a warning.",
        "The point isn't speed. It's fairness.",
        "We see it not as a cost but as a gift.",
        "They aren't inherent to the models; they arise from their use.",
    ],
)
def test_the_second_contrast_is_one_too_many(sentence: str) -> None:
    assert found("STY002", sentence) == []
    assert len(found("STY002", f"{sentence} We walked on. {sentence}")) == 1


def test_ordinary_denials_are_no_contrasts() -> None:
    plain = (
        "It is not late. The road was not open, so we turned. Nobody has not heard of it. They did not answer. "
        "More than 400 came."
    )
    assert found("STY002", plain, Settings(style=Style(contrasts=0))) == []


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("It is late. It was dark. It rains.", 1),
        ("The town waits. The firm waits. The road is shut.", 0),
        ("The town waits. The town sleeps. The town wakes.", 1),
        ("We asked them in May.\n\nThey said no.\n\nWe asked them again.", 1),
        ("The regulator asked.\n\nThe regulator wrote back.", 0),
        ("Wish No. 1: more lamps.\n\nThey said no.\n\nWish No. 2: more keepers.", 0),
    ],
)
def test_openings(body: str, count: int) -> None:
    assert len(found("STY003", body)) == count


def test_a_long_sentence_by_the_settings() -> None:
    sentence = "One " + "and one " * 20 + "more."
    assert found("STY004", sentence) == []
    assert found("STY004", sentence, Settings(style=Style(sentence_words=20))) == [sentence]


def test_a_long_sentence_is_as_long_as_its_longest_part() -> None:
    part = "one " * 14 + "more"
    given = Settings(style=Style(sentence_words=20))
    assert found("STY004", f"First {part}; then {part}: and {part}.", given) == []
    assert len(found("STY004", f"First {part}; then {part}, and {part}.", given)) == 1


def test_house_rules_from_settings_and_files(tmp_path: Path) -> None:
    words = '[[rule]]\nphrase = "(utilise|utilize)"\nsuggestion = "use"\n\n[[rule]]\npattern = "[!]{2,}"\n'
    (tmp_path / "words.toml").write_text(words, encoding="utf-8")
    (tmp_path / "more.jsonl").write_text('{"phrase": "going forward"}\n', encoding="utf-8")
    given = Settings(
        style=Style(rules=(HouseRule(phrase="the _ sector"),), files=("words.toml", "more.jsonl")), folder=tmp_path
    )
    assert found("STY005", "Utilise the private sector going forward!!", given) == [
        "Utilise",
        "the private sector",
        "going forward",
        "!!",
    ]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.toml", "[[rule]]\nphrase = 'x'\npattern = 'y'\n", "rule 1: give either phrase or pattern"),
        ("b.toml", "[[rule]]\npattern = '('\n", "not a regular expression"),
        ("c.json", "[]", "has no rules"),
        ("d.json", "{", "can't be read"),
        ("e.jsonl", '{"phrase": "x", "weight": 3}', "weight"),
    ],
)
def test_a_bad_file_of_rules_is_told_plainly(tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        read_rules(tmp_path / name)


def test_proselint_behind_its_switch() -> None:
    pytest.importorskip("proselint")
    text = "The plan is very unique, he said."
    assert found("STY005", text) == []
    case = build(Example(body=text, settings=Settings(style=Style(proselint=True))))
    hits = [hit for hit in FUNCTIONS["STY005"](case) if hit.field == "body"]
    assert any(text[hit.start : hit.end] == "very unique" and "proselint: uncomparables" in hit.message for hit in hits)


def test_the_longest_of_overlapping_phrases_stands() -> None:
    rules = book(
        [HouseRule(phrase="a holistic view"), HouseRule(phrase="holistic"), HouseRule(phrase="view (of|on) things")]
    )
    assert [match.rule.phrase for match in find("Take a holistic view of things.", rules)] == ["a holistic view"]


def test_a_title_may_hold_a_stock_phrase() -> None:
    sound = build(SOUND)
    related = (sound.related[0].model_copy(update={"title": "A game changer for the grid"}),)
    take = sound.take.model_copy(update={"body": "A game changer for the grid, we called it."})
    case = Case(take, CheckContext(sound.source, related, sound.settings))
    assert [hit for hit in style.stock_phrase(case) if hit.field == "body"] == []
