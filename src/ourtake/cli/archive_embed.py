"""`ourtake archive embed`: vectors for the articles, and what `archive add` does about them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from ourtake.cli.common import emit, open_store, progress, say, settings
from ourtake.errors import InputError, OurtakeError

if TYPE_CHECKING:
    from ourtake.archive.embed import Work
    from ourtake.archive.semantic import Embedder
    from ourtake.store import Store

SMALL = 100_000
"""Tokens up to which nobody is asked: at the dearest known list price that is a little over one cent."""


def embed(
    limit: int = typer.Option(None, "--limit", min=1, help="How many articles at most, this time."),
    yes: bool = typer.Option(False, "--yes", help="Don't ask before a long run on a server that wants a key."),
    anew: bool = typer.Option(
        False, "--anew", help="Throw away the model's vectors first: the model behind its name has changed."
    ),
    forget: str = typer.Option(
        None, "--forget", help="Throw away the vectors of a model, and do nothing else.", metavar="MODEL"
    ),
) -> None:
    r"""Make the vectors that look-up by meaning needs, with the model of [lookup] embeddings, of every article that has
    none of its present text.

    A run that was stopped goes on where it was; an article is sent again only when its text has changed.

    \b Example:
    ourtake archive embed --limit 1000
    """
    from ourtake.archive.embed import work_left
    from ourtake.archive.rank import Weighting
    from ourtake.providers.embeddings import build_embedder

    name = settings().lookup.embeddings
    with open_store() as store:
        if forget is not None:
            emit(f"Removed {_forgotten(store, forget)} vectors of {forget}.")
            return
        if not name:
            raise InputError(
                "No model of embeddings is set.",
                'Write embeddings = "openai:text-embedding-3-small" under [lookup] in ourtake.toml.',
            )
        if store.count_articles() == 0:
            raise InputError("The archive is empty.", "Run `ourtake archive add PATH` first.")
        embedder = build_embedder(name, settings(), store=store)
        try:
            work = work_left(store, name) if not anew else _all(store)
            count = min(work.articles, limit or work.articles)
            if embedder.paid and not yes:
                _ask(work, count, name)
            if anew:
                store.vectors.forget(name)
            done = _run(store, embedder, count)
        finally:
            embedder.close()
        left, learned = work.articles - done, store.ranking()
    emit(
        f"{done} articles have a new vector of {name}; {left} are left."
        if left
        else f"{done} articles have a new vector of {name}; none is left."
    )
    if learned is not None and not Weighting.model_validate_json(learned).weights.get("meaning"):
        emit("The weights in force give meaning nothing; `ourtake archive tune` learns them anew.")


def _forgotten(store: Store, model: str) -> int:
    if store.vectors.model(model) is None:
        others = ", ".join(store.vectors.models()) or "none"
        raise InputError(f"There are no vectors of {model}.", f"Kept are those of: {others}.")
    return store.vectors.forget(model)


def _all(store: Store) -> Work:
    """All articles, as they would be after the model's vectors are thrown away."""
    from ourtake.archive.embed import CHARACTERS_A_TOKEN, Work, text_of

    lengths = [len(text_of(article)) for article in store.articles()]
    return Work(articles=len(lengths), tokens=sum(lengths) // CHARACTERS_A_TOKEN)


def _run(store: Store, embedder: Embedder, count: int) -> int:
    from ourtake.archive.embed import embed as make

    if not count:
        return 0
    with progress(count, "Embedding") as bar:
        return make(store, embedder, limit=count, tick=bar.advance)


def _ask(work: Work, count: int, name: str) -> None:
    """Say what a long run may cost before anything is sent. Raises InputError where nobody says yes."""
    tokens = work.tokens * count // max(work.articles, 1)
    if tokens <= SMALL:
        return
    from ourtake.documents import Usage
    from ourtake.providers.pricing import in_words, tariff_of

    provider, _, model = name.partition(":")
    tariff = tariff_of(provider, model, settings())
    cost = (
        f"about {in_words(tariff(Usage(input_tokens=tokens)))} at the list price"
        if tariff
        else "at a price that is not known here"
    )
    what = f"{count} articles, about {tokens:,} tokens, would be sent to {name}, {cost}."
    if sys.stdin.isatty() and sys.stderr.isatty():
        typer.confirm(f"{what} Go on?", abort=True, err=True)
        return
    raise InputError(what, "Run `ourtake archive embed --yes`, or set how many with --limit.")


def after_add(store: Store) -> None:
    """Vectors for what was just added: made at once where that is little, else it is said how many are missing. Never
    fails an import.
    """
    name = settings().lookup.embeddings
    if not name:
        return
    from ourtake.archive.embed import work_left
    from ourtake.providers.embeddings import build_embedder

    try:
        work = work_left(store, name)
        if work.tokens > SMALL:
            say(
                f"ourtake: {work.articles} articles have no vector yet, about {work.tokens:,} tokens. Run `ourtake "
                f"archive embed`."
            )
        elif work.articles:
            embedder = build_embedder(name, settings(), store=store)
            try:
                say(f"ourtake: {_run(store, embedder, work.articles)} articles have a new vector of {name}.")
            finally:
                embedder.close()
    except OurtakeError as error:
        say(f"ourtake: the articles are imported, but have no vector: {error} Then run `ourtake archive embed`.")
