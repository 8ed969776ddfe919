"""`ourtake rules learn`: house rules proposed from what editors cut from drafts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.context import open_store, output
from ourtake.cli.terminal import emit, emit_json, say

if TYPE_CHECKING:
    from ourtake.review.house_rules import Place

_SAMPLES = 2


def learn_rules(path: Path | None, *, force: bool, as_json: bool) -> None:
    """Print the phrases that editors cut, where they did and where they left them; write them to a file as draft rules.

    Nothing is in force until somebody names that file in [style] files.
    """
    target = None if path is None else output(path, force=force, option="learn")
    with open_store() as store:
        found, takes = lazy.house_rules.proposed_rules(store)
    if as_json:
        emit_json({"takes": takes, "rules": [one.model_dump(mode="json") | {"reason": one.reason} for one in found]})
    for one in () if as_json else found:
        emit(f"cut “{one.phrase}” in {len(one.cut)} of {len(one.cut) + len(one.kept)} takes")
        _samples("cut", one.cut)
        _samples("left", one.kept)
    if not found:
        say(f"In {takes} edited takes, editors did not cut any phrase repeatedly.")
    if target is not None and found:
        target.write(lazy.house_rules.as_toml(found))
        say(f"Written to {path}. Try them with `ourtake rules try {path}`, then name the file in [style] files.")


def _samples(what: str, places: tuple[Place, ...]) -> None:
    for place in places[:_SAMPLES]:
        emit(f"    {what}: {place.sentence}  [{place.draft}]")
