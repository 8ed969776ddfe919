"""Vectors for the archive's articles: once for each version of an article, stored as soon as a call returns, so that a
killed run can be resumed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ourtake.archive.semantic import PROBE, UNRELATED, Embedder, changed, is_same
from ourtake.documents import Article, Document
from ourtake.errors import InputError
from ourtake.store import Store
from ourtake.store.vectors import Unembedded, VectorModel, VectorRow
from ourtake.text.markdown import visible

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

MOST_CHARACTERS = 8000
"""An article's text is cut there, after some 1,300 English words: its beginning says what it is about."""

GROUP = 32
"""Articles in one call; an answer is stored before the next call is made."""

CHARACTERS_A_TOKEN = 4
_PAGE = 500


class Work(Document):
    """What is left: how many articles have no vector of this version, and about how many tokens their texts have."""

    articles: int
    tokens: int


def text_of(article: Article) -> str:
    """What an article's vector is made from: title, summary, text, MOST_CHARACTERS at most."""
    parts = (article.title, visible(article.summary or ""), visible(article.text))
    return "\n\n".join(part for part in parts if part.strip())[:MOST_CHARACTERS]


def work_left(store: Store, model: str) -> Work:
    """What `embed` would do. Articles that changed only in what no vector is made from are marked as done."""
    articles = characters = 0
    for page in _pages(store, model):
        texts = [(row, text_of(row.article)) for row in page]
        good = [row for row, text in texts if row.digest == _digest(text)]
        if good:
            store.vectors.still_good(model, good)
        lengths = [len(text) for row, text in texts if row.digest != _digest(text)]
        articles += len(lengths)
        characters += sum(lengths)
    return Work(articles=articles, tokens=characters // CHARACTERS_A_TOKEN)


def embed(
    store: Store, embedder: Embedder, *, limit: int | None = None, tick: Callable[[int], object] = lambda _: None
) -> int:
    """Make and store the missing vectors of at most `limit` articles; returns how many.

    Raises InputError when the model behind the name was replaced since the stored vectors were made, and ProviderError
    when it fails. What was stored before stays.
    """
    done = 0
    model: VectorModel | None = None
    for page in _pages(store, embedder.name):
        for first in range(0, len(page), GROUP):
            group = page[first : first + GROUP][: None if limit is None else limit - done]
            if not group:
                return done
            model = model or checked_model(store, embedder)
            texts = [text_of(row.article) for row in group]
            found = embedder.vectors(texts)
            if found.shape[1] != model.dimension:
                raise _changed(embedder.name)
            store.vectors.save(embedder.name, [_row(*each) for each in zip(group, texts, found, strict=True)])
            done += len(group)
            tick(len(group))
    store.vectors.remove_orphans()
    return done


def checked_model(store: Store, embedder: Embedder) -> VectorModel:
    """The model's properties, from the store or by a first call. Raises InputError when the model was replaced."""
    known = store.vectors.model(embedder.name)
    sentences = UNRELATED if known is None else (PROBE,)
    found = embedder.vectors(sentences, query=True)
    if known is not None:
        if not is_same(known, found[0]):
            raise _changed(embedder.name)
        return known
    count = len(sentences)
    cosines = found @ found.T
    unrelated = float(cosines.sum() - count) / (count * (count - 1))
    # Kept away from 1, where every closeness would be a division by zero.
    model = VectorModel(
        model=embedder.name, dimension=found.shape[1], unrelated=min(unrelated, 0.95), probe=_bytes(found[0])
    )
    store.vectors.save_model(model)
    return model


def _changed(name: str) -> InputError:
    what, _, do = changed(name).partition(". ")
    return InputError(f"{what[0].upper()}{what[1:]}.", do)


def _pages(store: Store, model: str) -> Iterator[list[Unembedded]]:
    after = ""
    while page := store.vectors.unembedded(model, after=after, limit=_PAGE):
        yield page
        after = str(page[-1].article.id)


def _row(row: Unembedded, text: str, vector: NDArray[float32]) -> VectorRow:
    return VectorRow(
        article_id=str(row.article.id), digest=_digest(text), article_number=row.article_number, vector=_bytes(vector)
    )


def _bytes(vector: NDArray[float32]) -> bytes:
    return vector.astype("<f2").tobytes()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
