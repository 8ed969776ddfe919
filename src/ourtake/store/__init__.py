"""What must not be lost: articles, drafts with their revisions, and the ledger of every model call.

An address is read (address.py) without loading the database's libraries.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ourtake.store.store import Store

__all__ = ["Store"]


def __getattr__(name: str) -> Any:
    if name != "Store":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ourtake.store.store import Store

    return Store
