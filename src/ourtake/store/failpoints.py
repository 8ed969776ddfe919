"""Places where a test ends the process as kill -9 does: OURTAKE_KILL_AT=before-call:17 at the seventeenth time. For
tests only.

Without the variable a point is one look into an empty string. The places: row-written (committed, and it waits for a
place), before-call (marked as sent, nothing sent), after-receiving (the answer is in memory only), before-commit and
after-commit (of the answer), before-draft, after-draft (stored, its line not yet written).
"""

from __future__ import annotations

import os
import signal

_PLACE, _, _NUMBER = os.environ.get("OURTAKE_KILL_AT", "").partition(":")
_passed = [0]


def failpoint(place: str) -> None:
    """End this process here, when this is the place and the time."""
    if place == _PLACE:
        _passed[0] += 1
        if _passed[0] == int(_NUMBER or 1):
            os.kill(os.getpid(), signal.SIGKILL)
