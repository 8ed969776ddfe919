"""What must not be lost: articles, drafts with their revisions, and the ledger of every model call."""

from ourtake.store.store import Store

__all__ = ["Store"]
