"""Failpoints, for tests only: OURTAKE_KILL_AT=before-call:17 ends the process as kill -9 does, at the 17th before-call.

The failpoints: row-written (the call is committed and waits for its turn), before-call (marked as sent, nothing sent),
after-receiving (the answer is in memory only), before-commit and after-commit (of the answer), before-draft,
after-draft (stored, its line not yet written).
"""

from __future__ import annotations

import os
import signal

_NAME, _, _NUMBER = os.environ.get("OURTAKE_KILL_AT", "").partition(":")
_passed = [0]


def failpoint(name: str) -> None:
    """End this process, if this failpoint and this time are the ones that are set."""
    if name == _NAME:
        _passed[0] += 1
        if _passed[0] == int(_NUMBER or 1):
            os.kill(os.getpid(), signal.SIGKILL)
