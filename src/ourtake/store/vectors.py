"""Sentence vectors of articles: one for each article and model, made once per version of the article.

A vector is stored as little-endian float16 of unit length. Vectors of different models are never mixed: every query
names one model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)

from ourtake.documents import Article, Document
from ourtake.store.database import Part
from ourtake.store.dialect import put, upsert
from ourtake.store.tables import articles, meta, vector_models, vectors

_VERSION = "vectors_version"


class VectorModel(Document):
    """A model that vectors were made with.

    `dimension`: numbers in a vector. `unrelated`: the cosine of unrelated texts. `probe`: the vector of a known
    sentence, by which the model is recognised.
    """

    model: str
    dimension: int
    unrelated: float
    probe: bytes


class Unembedded(Document):
    """An article without a vector, or changed since. `digest`: of the text that its vector was made from, if any."""

    article: Article
    article_number: int
    digest: str | None


class VectorRow(Document):
    """A vector to be stored. `digest`: of the embedded text. `article_number`: changes whenever the article does."""

    article_id: str
    digest: str
    article_number: int
    vector: bytes


class Vectors(Part):
    """The vectors of one store."""

    def model(self, name: str) -> VectorModel | None:
        """The model of that name; None when no vector was made with it."""
        with self._reading() as connection:
            row = connection.execute(select(vector_models).where(vector_models.c.model == name)).mappings().first()
        return None if row is None else VectorModel.model_validate(dict(row))

    def models(self) -> dict[str, int]:
        """The models that there are vectors of, and how many."""
        with self._reading() as connection:
            rows = connection.execute(
                select(vectors.c.model, func.count()).group_by(vectors.c.model).order_by(vectors.c.model)
            )
            return {name: count for name, count in rows}

    def save_model(self, model: VectorModel) -> None:
        """Save a model; a second time changes nothing."""
        with self._writing() as connection:
            connection.execute(upsert(connection, vector_models).values(**model.model_dump()).on_conflict_do_nothing())

    def unembedded(self, model: str, *, after: str = "", limit: int = 500) -> list[Unembedded]:
        """The next articles, by id, that the model has no vector of or that changed since."""
        columns = select(articles.c.id, articles.c.document, articles.c.number, vectors.c.digest)
        statement = _lacking(columns, model).where(articles.c.id > after).order_by(articles.c.id).limit(limit)
        with self._reading() as connection:
            rows = connection.execute(statement).all()
        return [
            Unembedded(article=Article.model_validate_json(row.document), article_number=row.number, digest=row.digest)
            for row in rows
        ]

    def save(self, model: str, rows: Sequence[VectorRow]) -> None:
        """Keep vectors, in one transaction."""
        with self._writing() as connection:
            put(connection, vectors, [row.model_dump() | {"model": model} for row in rows])
            _raise_version(connection)

    def still_good(self, model: str, rows: Sequence[Unembedded]) -> None:
        """Note that these articles changed in something that their vectors were not made from."""
        with self._writing() as connection:
            for row in rows:
                of = and_(vectors.c.article_id == row.article.id, vectors.c.model == model)
                connection.execute(update(vectors).where(of).values(article_number=row.article_number))

    def every(self, model: str) -> Iterator[tuple[str, int, bytes]]:
        """Id, day (an ordinal, 0 undated) and vector of every article that the model has a vector of."""
        joined = vectors.join(articles, articles.c.id == vectors.c.article_id)
        statement = (
            select(vectors.c.article_id, articles.c.day, vectors.c.vector)
            .select_from(joined)
            .where(vectors.c.model == model)
        )
        with self._reading() as connection:
            for row in connection.execution_options(yield_per=5000).execute(statement):
                yield row[0], row[1], row[2]

    def version(self) -> int:
        """A number that grows at each change of the vectors."""
        with self._reading() as connection:
            return connection.execute(select(meta.c.value).where(meta.c.name == _VERSION)).scalar() or 0

    def forget(self, model: str) -> int:
        """Remove a model's vectors and what is known of it; how many vectors there were."""
        with self._writing() as connection:
            done = connection.execute(delete(vectors).where(vectors.c.model == model))
            connection.execute(delete(vector_models).where(vector_models.c.model == model))
            _raise_version(connection)
            return done.rowcount

    def remove_orphans(self) -> None:
        """Remove the vectors of articles that are gone."""
        with self._writing() as connection:
            connection.execute(delete(vectors).where(vectors.c.article_id.not_in(select(articles.c.id))))


def _lacking(columns: Select[Any], model: str) -> Select[Any]:
    joined = articles.outerjoin(vectors, and_(vectors.c.article_id == articles.c.id, vectors.c.model == model))
    return columns.select_from(joined).where(
        or_(vectors.c.article_id.is_(None), vectors.c.article_number != articles.c.number)
    )


def _raise_version(connection: Connection) -> None:
    statement = upsert(connection, meta).values(name=_VERSION, value=1)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": meta.c.value + 1}))
