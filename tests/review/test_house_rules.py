"""What editors cut again and again is proposed, with where they left it; what the story says is not."""

from __future__ import annotations

import asyncio
import tomllib

from ourtake.documents import Take
from ourtake.review.house_rules import as_toml, proposed_rules
from ourtake.review.session import Desk
from ourtake.store import Store
from tests.review.conftest import SOURCE, TAKE, new_draft

STOCK = "It remains to be seen whether the council listens."


def edited_take(store: Store, desk: Desk, number: int, *, cut: bool, by: str = "Ann Reed") -> None:
    """A draft with a stock phrase and words of the source, in which somebody edited one paragraph or another."""
    first = f"Opinion number {number} is here. {STOCK} {SOURCE.title}."
    take = TAKE.model_copy(update={"body": f"{first}\n\nA second paragraph about case {number}."})
    asyncio.run(store.save_draft(new_draft(f"e{number}", Take.model_validate(take.model_dump()))))
    text, index = (f"Opinion number {number} is here.", 0) if cut else (f"Something else, {number}.", 1)
    desk.open(f"e{number}").edit("body", index, text, base=1, by=by)


def test_a_phrase_that_is_cut_again_and_again_is_proposed(store: Store, desk: Desk) -> None:
    for number in range(6):
        edited_take(store, desk, number, cut=number != 5)
    found, takes = proposed_rules(store)
    assert takes == 6
    rule = next(one for one in found if "remains to be seen" in one.phrase)
    assert rule.phrase == "it remains to be seen whether the council listens"
    assert len(rule.cut) == 5 and [place.draft for place in rule.kept] == ["e5"]
    assert rule.kept[0].sentence == STOCK and "5 of the 6" in rule.reason
    assert not any("harbour bridge" in one.phrase for one in found)
    assert sum("remains" in one.phrase for one in found) == 1
    written = tomllib.loads(as_toml(found))["rule"]
    assert rule.phrase in [one["phrase"] for one in written]


def test_what_is_mostly_left_or_rare_is_not_proposed(store: Store, desk: Desk) -> None:
    for number in range(6):
        edited_take(store, desk, number, cut=number < 3)
    assert not any("remains" in one.phrase for one in proposed_rules(store)[0])
    assert any("remains" in one.phrase for one in proposed_rules(store, share=0.5)[0])
    assert not any("remains" in one.phrase for one in proposed_rules(store, share=0.5, least=4)[0])


def test_an_undone_cut_and_a_draft_that_nobody_edited_count_for_nothing(store: Store, desk: Desk) -> None:
    for number in range(4):
        edited_take(store, desk, number, cut=True)
        desk.open(f"e{number}").undo(by="Ann Reed")
    assert proposed_rules(store) == ([], 0)
