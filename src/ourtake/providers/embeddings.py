"""Models of sentence vectors: any server that speaks OpenAI's embeddings, and a local model of the extra
ourtake[embeddings].

They are named like the models that write: openai:MODEL, NAME:MODEL of [models.NAME], and local:MODEL, a folder or a
name that sentence-transformers knows. An answer counts only if it has one vector for each text, all have the same
length, and every number is finite.
"""

from __future__ import annotations

import difflib
import os
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ourtake.config import Settings
from ourtake.errors import InputError
from ourtake.providers.rate import RateLimiter
from ourtake.providers.registry import limits_of, row_of
from ourtake.providers.retry import Retrier

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    from ourtake.providers.embedding_server import EmbeddingServer
    from ourtake.providers.ledger import Ledger
    from ourtake.store import Store
    from ourtake.store.calls import Bill

HURRY_TRIES, HURRY_SECONDS = 2, 15.0
"""Look-up does not wait longer for the vector of a source: it works without one."""


def build_embedder(
    spec: str, settings: Settings, *, store: Store | None = None, bill: Bill | None = None, hurry: bool = False
) -> EmbeddingServer | Local:
    """The model of [lookup] embeddings. `store`: where each call to a server is written down, on the `bill` of a run or
    on one of its own. `hurry`: give up early, as look-up does.

    Raises InputError for an unknown provider, naming those there are, for a missing key, naming the variable, and for a
    missing extra; ConfigError for a limit in money and a model without a price.
    """
    name, _, model = spec.partition(":")
    servers = settings.models.servers
    known = ["openai", "local", *servers]
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}."
        raise InputError(f"[lookup] embeddings: {name!r} offers no embeddings; {hint}", "Write it as provider:model.")
    if not model:
        raise InputError(f"[lookup] embeddings: the model of {name} is missing.", f"Write it as {name}:MODEL.")
    if name == "local" and name not in servers:
        return Local(spec, model, settings)
    row = row_of(name, settings)
    assert row is not None  # it is one of `known`
    if row.key and not os.environ.get(row.key):
        raise InputError(f"The embeddings of {name} need a key.", f"Set the environment variable {row.key}.")
    # The SDK is imported here and not above: it costs half a second that other commands must not pay.
    from ourtake.providers.embedding_server import EmbeddingServer

    # A look-up does not wait for rate limits: its few calls are sent at once, or it works without them.
    limiter = RateLimiter(None if hurry else limits_of(spec, settings), name=spec)
    tries, seconds = settings.models.tries, settings.models.deadline_seconds
    if hurry:
        tries, seconds = HURRY_TRIES, HURRY_SECONDS
    return EmbeddingServer(
        spec,
        base_url=os.environ.get(row.address_variable, "") or row.address,
        key_name=row.key,
        retrier=Retrier(name, tries=tries, deadline_seconds=seconds, limiter=limiter),
        hurry=hurry,
        ledger=None if store is None else _ledger(spec, settings, store, bill=bill),
    )


def _ledger(spec: str, settings: Settings, store: Store, *, bill: Bill | None) -> Ledger:
    """The ledger under the limits of a run and of a day: the run that is billed, else all calls of this embedder are
    one.
    """
    from ourtake.providers.budget import ceilings_of, check_priced
    from ourtake.providers.ledger import Ledger
    from ourtake.store.calls import Terms

    ceilings = tuple(
        ceiling for ceiling in (ceilings_of(settings) if bill is None else bill.ceilings) if ceiling.scope != "draft"
    )
    check_priced([spec], settings, ceilings=ceilings)
    return Ledger(
        store,
        settings,
        run_id=bill.run_id if bill else f"embeddings-{uuid.uuid4().hex[:12]}",
        terms=Terms(ceilings=ceilings),
    )


class Local:
    """A sentence-transformers model on this machine; it is loaded when the first vector is asked for."""

    paid = False

    def __init__(self, name: str, model: str, settings: Settings) -> None:
        self.name = name
        folder = settings.folder / model
        self._where = str(folder) if folder.is_dir() else model
        self._model: Any = None

    def vectors(self, texts: Sequence[str], *, query: bool = False) -> NDArray[float32]:
        """See Embedder. What is longer than the model reads is cut by it. Raises InputError when the model can't be
        loaded.
        """
        import numpy

        if self._model is None:
            self._model = _loaded(self._where)
        encode = self._model.encode_query if query else self._model.encode_document
        found = encode(list(texts), normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True)
        return numpy.asarray(found, dtype=numpy.float32)

    def close(self) -> None:
        """Nothing is open."""


def _loaded(where: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging
    except ImportError as error:
        raise InputError(
            "A local embedding model needs an extra package.", 'Run `pip install "ourtake[embeddings]"`.'
        ) from error
    # Its bar would be among our messages.
    logging.disable_progress_bar()
    try:
        return SentenceTransformer(where)
    except Exception as error:  # the library raises what each of its own parts raises
        first = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
        raise InputError(
            f"The local model {where} can't be loaded: {first}",
            "Name its folder in [lookup] embeddings, as local:FOLDER.",
        ) from error
