"""How often Python's garbage collector runs, for every process of ours; nothing else sets it.

Our objects are freed by their reference counts. Hardly any refer to each other in a circle, so a collection finds next
to nothing, and with Python's own threshold (700 new objects) collections take a tenth of a start-up or of an import.
They are not turned off: libraries do make circles, and a batch or a server runs for hours.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def collect_seldom() -> None:
    """Collect after every 100,000 new objects, even where whoever forked this process had stopped it."""
    gc.set_threshold(100_000, 20, 20)
    gc.enable()


def leave_out_what_is_loaded() -> None:
    """What exists by now lives until the end: no collection looks at it again, and a forked process shares its
    memory.
    """
    gc.freeze()


@contextmanager
def loading() -> Iterator[None]:
    """Collect nothing while modules are loaded, and leave them out of later collections."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        leave_out_what_is_loaded()
        if collects:
            gc.enable()
