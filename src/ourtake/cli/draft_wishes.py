"""What the flags of `draft` ask for: --quick, --angle, --note, --verify, --no-verify."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ourtake.cli import lazy
from ourtake.cli.context import settings
from ourtake.errors import ConfigError, InputError

if TYPE_CHECKING:
    from ourtake.documents import Source
    from ourtake.writing.session import Pipeline, Wishes

MOST_ANGLES = 5
"""How many angles a plan may be asked for."""


class Wanted(NamedTuple):
    """The flags as they were given. `angle`: a number, or a claim of the editor's own. `reread`: not --no-verify;
    `verify`: --verify.
    """

    quick: bool = False
    angle: str | None = None
    note: str = ""
    reread: bool = True
    headlines: int = 0
    verify: bool = False

    def parts(self) -> list[str]:
        """The parts of the draft's id that these flags add; empty if there are no flags."""
        given = {
            "quick": self.quick,
            "angle": self.angle,
            "note": self.note,
            "no-verify": not self.reread,
            "headlines": self.headlines,
            "verify": self.verify,
        }
        return [f"{name}={value}" for name, value in given.items() if value]


def require_verifier(wanted: Wanted, models: Sequence[str]) -> None:
    """Raise ConfigError if --verify was given and no model can verify: [checks] verifier is "off", or the baseline
    writes.
    """
    if not wanted.verify:
        return
    given = settings()
    if given.checks.verifier == "off":
        raise ConfigError('--verify needs a model, and [checks] verifier is "off".', "Name a model there.")
    if "baseline" in models:
        what = "--verify needs a model as the writer; what the built-in baseline writes is never verified."
        raise ConfigError(what, "Name one with --model; see `ourtake models`.")


def wishes_for(wanted: Wanted, story: Source | None = None, pipeline: Pipeline | None = None) -> Wishes:
    """What the pipeline is asked for. Raises InputError for the number of an angle of a plan that is not in the store:
    the story, the archive or a prompt has changed since `ourtake angles` showed it.
    """
    wishes = lazy.pipeline.Wishes(
        process="quick" if wanted.quick else "", note=wanted.note, reread=wanted.reread, verify=wanted.verify
    )
    if wanted.angle is None:
        return wishes
    if not wanted.angle.strip():
        raise InputError("--angle is empty.", "Give the number of an angle, or a claim of your own.")
    if pipeline is not None and pipeline.provider.name == "baseline":
        raise InputError("The built-in baseline makes no plans.", "Name a model with --model; see `ourtake models`.")
    wishes = wishes._replace(process="full")  # an angle belongs to a plan, whatever the settings say
    if not wanted.angle.strip().isdecimal():
        return wishes._replace(angle=wanted.angle.strip())
    number = int(wanted.angle)
    assert story is not None and pipeline is not None
    counts = sorted(range(1, MOST_ANGLES + 1), key=lambda count: count != wishes.angles)
    for count in counts:
        if number and lazy.angles.plan_is_stored(story, pipeline, angles=count):
            return wishes._replace(angle=number, angles=count)
    raise InputError(
        f"The angles of this story are stale or were never planned: the store has no plan by "
        f"{lazy.angles.writer(pipeline)} for the story, archive and prompts as they are now.",
        "Run `ourtake angles SOURCE` with the same --model, and choose again.",
    )
