"""Who made a revision: the names that its `by` holds, of programs and of people."""

from __future__ import annotations

UNNAMED = "a program without a name"
_JOINT = " and "


def names_in(by: str) -> tuple[str, ...]:
    """The names in a revision's `by`. It has several where a take was made elsewhere, by all of them."""
    return tuple(name.strip() or UNNAMED for name in by.split(_JOINT))


def joined(names: tuple[str, ...]) -> str:
    """Names as `names_in` reads them."""
    return _JOINT.join(names)


def is_own(name: str) -> bool:
    """Whether the name is ourtake's, whose fixes are nobody's writing."""
    return name.startswith("ourtake ")


def is_machine(name: str) -> bool:
    """Whether a name is a program's (provider:model, baseline, ourtake itself) and not a person's."""
    return name in ("baseline", "ourtake", UNNAMED) or ":" in name or is_own(name) or not name.strip()
