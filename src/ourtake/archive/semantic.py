"""How close articles are to a source in meaning: the source's vector against the archive's, both of one model.

This is optional: whatever fails here (no vectors, another model, an endpoint that is down) is reported once, and
look-up continues with words alone. embed.py makes the articles' vectors, an Embedder the source's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ourtake.archive.vector_index import VectorIndex, build, version_of
from ourtake.documents import Source
from ourtake.errors import OurtakeError
from ourtake.store import Store
from ourtake.text.counts import count_of
from ourtake.text.markdown import visible

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    from ourtake.store.vectors import VectorModel

PROBE = "The harbour froze over for the first time in forty years."
UNRELATED = (
    PROBE,
    "Add the flour slowly and stir until there are no lumps.",
    "The bank raised its key interest rate by a quarter of a point.",
    "A referee showed two red cards in the first half.",
    "Her third violin concerto opens with a long, quiet solo.",
    "The update fixes a fault in how passwords are stored.",
    "Doctors advise a second vaccination after six months.",
    "Three candidates have filed papers for the mayor's office.",
    "The comet can be seen with the naked eye before sunrise.",
    "Grapes were picked two weeks early after the dry summer.",
    "The court adjourned the hearing until a witness is found.",
    "Commuters will have to change trains while the bridge is repaired.",
)
"""Sentences that have nothing in common: their cosines show what "unrelated" means for a model. The model is recognised
by the first.
"""

SAME_MODEL = 0.98
"""Two vectors of one sentence with at least this cosine are of the same model; rounding differences are below 0.01."""

TOGETHER = 32
"""How many expected sources go to the model in one call."""

BLURB_CHARACTERS = 4000


class Embedder(Protocol):
    """A model of sentence vectors; `name`: as in [lookup] embeddings; `paid`: whether a call may cost money."""

    name: str
    paid: bool

    def vectors(self, texts: Sequence[str], *, query: bool = False) -> NDArray[float32]:
        """A row of unit length for each text. `query`: the texts are sources, for a model that embeds those in another
        way than articles.
        """

    def close(self) -> None:
        """Close connections."""


class Meaning:
    """Closeness in meaning within one archive: 0 for texts that are unrelated to this model, 1 for the same text."""

    def __init__(
        self, store: Store, folder: Path, name: str, *, embedder: Callable[[], Embedder], say: Callable[[str], None]
    ) -> None:
        self._store = store
        self._folder = folder
        self._name = name
        self._build = embedder
        self._embedder: Embedder | None = None
        self._say = say
        self._model: VectorModel | None = None
        self._index: VectorIndex | None = None
        self._stopped = False
        self._known: dict[str, NDArray[float32]] = {}
        self._expected: dict[str, None] = {}

    def expect(self, sources: Iterable[Source]) -> None:
        """Announce sources, so that the model gets many of them in one call."""
        self._expected |= dict.fromkeys(_text_of(source) for source in sources)

    def nearest(self, source: Source, count: int, *, before: int) -> dict[str, float]:
        """The nearest articles published before a day (an ordinal) with their closeness, nearest first; none if there
        is not a vector.
        """
        vector = self._vector(source)
        if vector is None or self._index is None:
            return {}
        return {found.id: self._closeness(found.cosine) for found in self._index.nearest(vector, count, before=before)}

    def scores(self, source: Source, ids: Iterable[str]) -> dict[str, float]:
        """The closeness of each of these articles that has a vector."""
        vector = self._vector(source)
        if vector is None or self._index is None:
            return {}
        return {name: self._closeness(cosine) for name, cosine in self._index.cosines(vector, ids).items()}

    def _closeness(self, cosine: float) -> float:
        # Models give unrelated texts cosines from 0 to 0.8. Relative to that, numbers of different models and archives
        # can be compared.
        unrelated = self._model.unrelated if self._model else 0.0
        return (cosine - unrelated) / (1 - unrelated)

    def _vector(self, source: Source) -> NDArray[float32] | None:
        text = _text_of(source)
        if text in self._known:
            return self._known[text]
        if self._stopped:
            return None
        try:
            if self._index is None:
                self._open()
            if self._index is not None:
                self._ask(text)
        except (OurtakeError, OSError, ImportError) as error:
            self._stop(str(error))
        return self._known.get(text)

    def _stop(self, why: str) -> None:
        """Look up by words alone for the rest of this run, and say so this once."""
        self._stopped = True
        self._say(f"ourtake: lookup uses words alone: {why}")

    def _open(self) -> None:
        """Open the matrix, up to date with the store; say what is missing."""
        vectors, name = self._store.vectors, self._name
        self._model = vectors.model(name)
        if self._model is None:
            others = ", ".join(vectors.models())
            why = (
                f"its vectors are {others}'s, and [lookup] embeddings is {name}"
                if others
                else f"no article has a vector of {name} yet"
            )
            self._stop(f"{why}. Run `ourtake archive embed`.")
            return
        position = self._store.position()
        version = f"{'-'.join(map(str, position))} {vectors.version()} {name}"
        if version_of(self._folder) != version:
            build(self._folder, vectors.every(name), dimension=self._model.dimension, version=version)
        try:
            self._index = VectorIndex(self._folder)
        except (OSError, ValueError):
            # A damaged cache; the store has everything.
            build(self._folder, vectors.every(name), dimension=self._model.dimension, version=version)
            self._index = VectorIndex(self._folder)
        lacking = self._store.count_articles() - len(self._index.ids)
        if lacking > 0:
            what = (
                f"{count_of(lacking, 'article has', 'articles have')} no vector yet and "
                f"{'is' if lacking == 1 else 'are'} found by words alone."
            )
            self._say(f"ourtake: {what} Run `ourtake archive embed`.")

    def _ask(self, text: str) -> None:
        """Get the vector of a text, and in the same call those of expected texts."""
        self._expected.pop(text, None)
        texts = [text, *list(self._expected)[: TOGETHER - 1]]
        # The first call includes PROBE: if the model behind the name was replaced, its vector has changed.
        first = not self._known
        self._embedder = self._embedder or self._build()
        found = self._embedder.vectors([PROBE, *texts] if first else texts, query=True)
        if (
            self._model is None
            or found.shape[1] != self._model.dimension
            or (first and not is_same(self._model, found[0]))
        ):
            self._stop(changed(self._name))
            return
        for name, vector in zip(texts, found[1:] if first else found, strict=True):
            self._known[name] = vector
            self._expected.pop(name, None)


def is_same(model: VectorModel, probe: NDArray[float32]) -> bool:
    """Whether a vector of PROBE is of the model that the archive's vectors are of."""
    import numpy

    kept = numpy.frombuffer(model.probe, "<f2").astype(numpy.float32)
    return len(kept) == len(probe) and float(kept @ probe) >= SAME_MODEL


def changed(name: str) -> str:
    """What to say when the model behind a name was replaced."""
    return (
        f"the model behind {name} has changed since the archive's vectors were made, and vectors of two models can't "
        f"be compared. Run `ourtake archive embed --rebuild`."
    )


def _text_of(source: Source) -> str:
    return f"{source.title}\n\n{visible(source.blurb)[:BLURB_CHARACTERS]}".strip()


def centred(closeness: dict[str, float], ids: Iterable[str]) -> dict[str, float]:
    """The closeness of each candidate; one without a vector gets the average, so that it neither gains nor loses."""
    average = math.fsum(closeness.values()) / (len(closeness) or 1)
    return {name: closeness.get(name, average) for name in ids}
