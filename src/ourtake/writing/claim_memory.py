"""What a reader said of claims before, by the claim, its passages, the prompt and the reader: after a repair, or when a
changed file is checked again, only claims that are new are asked about.

What is kept is the reader's own rows, not our findings: they are read again with the take and the texts as they are
now, so words that are no longer there count for nothing. Silence is kept as well: it was paid for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2s
from typing import Any

from ourtake.documents import Claim
from ourtake.store import Store
from ourtake.writing.beside_claims import Documents, Paragraph

Rows = dict[str, list[dict[str, Any]]]
"""A reader's rows about one claim, under "claims" and "findings", without its number; `by` is who said so."""


class ClaimMemory:
    """The store's memory of one reader. `reader`: as "openai:gpt-6.1-sol"; `prompt`: the text of the prompt file.
    `fresh`: nothing is recalled, but what is said is kept.
    """

    def __init__(self, store: Store | None, *, reader: str, prompt: str, fresh: bool = False) -> None:
        self._store = store
        self._reader = f"{reader}\x1f{prompt}"
        self._fresh = fresh

    def key(self, claim: Claim, words: str, nearest: Sequence[Paragraph], documents: Documents) -> str:
        """The name of a claim beside its passages. `words`: the claim as it is shown."""
        parts = [self._reader, claim.field, words]
        summaries = (one for name in dict.fromkeys(one.document for one in nearest) for one in documents.summary(name))
        for one in dict.fromkeys((*nearest, *summaries)):
            parts += [documents.handle(one.document), documents.text(one.document, "title"), documents.words(one)]
        return blake2s("\x1f".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()

    def recall(self, keys: Sequence[str]) -> dict[str, Rows]:
        """What is known of these claims, by their keys."""
        if self._store is None or self._fresh or not keys:
            return {}
        return {key: json.loads(kept) for key, kept in self._store.claim_answers(keys).items()}

    async def keep(self, rows: Mapping[str, Rows], *, by: str) -> None:
        """Keep what `by` said of claims, by their keys."""
        if self._store is not None and rows:
            await self._store.save_claim_answers(
                {key: json.dumps({**said, "by": by}, ensure_ascii=False) for key, said in rows.items()}
            )
