"""Who made a revision: the names of programs and of people."""

from __future__ import annotations

from collections.abc import Sequence

UNNAMED = "a program without a name"
_JOINT = " and "


def names_in(by: str) -> tuple[str, ...]:
    """The names in a revision's `by`, where its record has no list of them."""
    return tuple(name.strip() or UNNAMED for name in by.split(_JOINT))


def joined(names: Sequence[str]) -> str:
    """The names in one text. It can't be read back where a name has "and" in it, so a list goes with it."""
    return _JOINT.join(names)


def need_list(names: Sequence[str]) -> bool:
    """Whether the names joined in one text could be read as others, or are several."""
    return len(names) > 1 or any(_JOINT in name for name in names)


def is_own(name: str) -> bool:
    """Whether the name is ourtake's, whose fixes are nobody's writing."""
    return name.startswith("ourtake ")


def is_machine(name: str) -> bool:
    """Whether a name is a program's (provider:model, baseline, ourtake itself) and not a person's."""
    return name in ("baseline", "ourtake", UNNAMED) or ":" in name or is_own(name) or not name.strip()
