"""`ourtake archive embed`: vectors for the articles, also for those that `archive add` just added."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store, settings
from ourtake.cli.terminal import ask, emit, progress, say
from ourtake.errors import InputError, OurtakeError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.archive.embed import Work
    from ourtake.archive.semantic import Embedder
    from ourtake.store import Store

SMALL = 100_000
"""Tokens up to which nobody is asked: at the highest known list price they cost a little over one cent."""


def embed(
    limit: int = typer.Option(None, "--limit", min=1, help="How many articles to embed now, at most."),
    yes: bool = typer.Option(False, "--yes", help="Don't ask before a long run on a server that needs a key."),
    rebuild: bool = typer.Option(
        False, "--rebuild", help="Delete the model's vectors first, because the model behind that name has changed."
    ),
    forget: str = typer.Option(None, "--forget", help="Only delete the vectors of this model.", metavar="MODEL"),
) -> None:
    r"""Compute the vectors that lookup by meaning needs.

    Each article that has no vector for its current text gets one from the model that [lookup] embeddings names. If a
    run is stopped, the next one continues it.

    \b
    Example:
      ourtake archive embed --limit 1000
    """
    name = settings().lookup.embeddings
    with open_store() as store:
        if forget is not None:
            emit(f"Removed {count_of(_forgotten(store, forget), 'vector')} of {forget}.")
            return
        if not name:
            raise InputError(
                "No embedding model is set.",
                'Write embeddings = "openai:text-embedding-3-small" under [lookup] in ourtake.toml.',
            )
        if store.count_articles() == 0:
            raise InputError("The archive is empty.", "Run `ourtake archive add PATH` first.")
        embedder = lazy.embeddings.build_embedder(name, settings(), store=store)
        try:
            work = lazy.embed.work_left(store, name) if not rebuild else _all(store)
            count = min(work.articles, limit or work.articles)
            if embedder.paid and not yes:
                _ask(work, count, name)
            if rebuild:
                store.vectors.forget(name)
            done = _run(store, embedder, count)
        finally:
            embedder.close()
        left, learned = work.articles - done, store.ranking()
    emit(
        f"{count_of(done, 'article has', 'articles have')} a new vector of {name}; "
        f"{count_of(left, 'is', 'are') if left else 'none is'} left."
    )
    if learned is not None and not lazy.rank.Weighting.model_validate_json(learned).weights.get("meaning"):
        emit("The weights in use ignore meaning. Run `ourtake archive tune` to learn new ones.")


def _forgotten(store: Store, model: str) -> int:
    if store.vectors.model(model) is None:
        others = ", ".join(store.vectors.models()) or "none"
        raise InputError(f"There are no vectors of {model}.", f"There are vectors of: {others}.")
    return store.vectors.forget(model)


def _all(store: Store) -> Work:
    """All articles, as they would be once the model's vectors are deleted."""
    lengths = [len(lazy.embed.text_of(article)) for article in store.articles()]
    return lazy.embed.Work(articles=len(lengths), tokens=sum(lengths) // lazy.embed.CHARACTERS_A_TOKEN)


def _run(store: Store, embedder: Embedder, count: int) -> int:
    if not count:
        return 0
    with progress(count, "Embedding") as bar:
        return lazy.embed.embed(store, embedder, limit=count, tick=bar)


def _ask(work: Work, count: int, name: str) -> None:
    """Say what a long run may cost before anything is sent. Raises InputError if nobody can be asked."""
    tokens = work.tokens * count // max(work.articles, 1)
    if tokens <= SMALL:
        return
    provider, _, model = name.partition(":")
    tariff = lazy.pricing.tariff_of(provider, model, settings())
    cost = "at an unknown price"
    if tariff:
        cost = f"about {lazy.pricing.in_words(tariff(lazy.documents.Usage(input_tokens=tokens)))} at the list price"
    what = f"{count_of(count, 'article')}, about {count_of(tokens, 'token')}, would be sent to {name}, {cost}."
    if sys.stdin.isatty() and sys.stderr.isatty():
        if ask(f"{what} Continue? [y/N]", default="n").strip().casefold() in ("y", "yes"):
            return
        raise InputError("Nothing was sent.", "Set a --limit, or answer y.")
    raise InputError(what, "Run `ourtake archive embed --yes`, or set a --limit.")


def after_add(store: Store) -> None:
    """Make vectors for what was just added, or say how many are missing where that is a lot. Never fails an import."""
    name = settings().lookup.embeddings
    if not name:
        return
    try:
        work = lazy.embed.work_left(store, name)
        if work.tokens > SMALL:
            missing = (
                f"{count_of(work.articles, 'article')}, about {count_of(work.tokens, 'token')}, "
                f"{'has' if work.articles == 1 else 'have'} no vector yet"
            )
            say(f"ourtake: {missing}. Run `ourtake archive embed`.")
        elif work.articles:
            embedder = lazy.embeddings.build_embedder(name, settings(), store=store)
            try:
                say(
                    f"ourtake: {count_of(_run(store, embedder, work.articles), 'article has', 'articles have')} a "
                    f"new vector of {name}."
                )
            finally:
                embedder.close()
    except OurtakeError as error:
        say(f"ourtake: the articles are imported, but without vectors: {error} Then run `ourtake archive embed`.")
