"""What a command works on, as flags and settings say: the store, the index, the archive, output files."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ourtake import plugins
from ourtake.cli import lazy
from ourtake.cli.terminal import say
from ourtake.errors import InputError
from ourtake.publish.output import Output
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.archive.lookup import Archive
    from ourtake.archive.semantic import Embedder, Meaning
    from ourtake.config import Settings
    from ourtake.documents import Source
    from ourtake.providers.redaction import Redaction
    from ourtake.store import Store
    from ourtake.store.calls import Bill


class Flags(NamedTuple):
    """The flags that are before a command."""

    store: str | None = None
    index_folder: str | None = None
    config: str | None = None
    debug: bool = False


_flags = Flags()
_secrets: Redaction | None = None


def set_flags(given: Flags) -> None:
    """Keep the flags given before the command, for this process."""
    global _flags
    _flags = given


def flags() -> Flags:
    """The flags given before the command."""
    return _flags


def settings() -> Settings:
    """The settings in use. From now on their secrets are masked in all that is printed. Raises ConfigError."""
    global _secrets
    found = lazy.config_file.load_settings(_flags.config)
    _secrets = lazy.redaction.Redaction(found, addresses=filter(None, [_flags.store]))
    return found


def known_secrets() -> Redaction:
    """The secrets of the environment, and those of the settings once they were read."""
    global _secrets
    _secrets = _secrets or lazy.redaction.Redaction(addresses=filter(None, [_flags.store]))
    return _secrets


def store_address() -> str:
    """The address of the store in use: --store, OURTAKE_STORE, the settings."""
    return lazy.config_file.store_address(_flags.store, settings())


def shown_store_address() -> str:
    """The store's address without a password."""
    return lazy.store_address.without_password(store_address())


def store_is_missing() -> bool:
    """Whether the store is a file that does not exist, found out without loading SQLAlchemy."""
    return lazy.store_address.is_missing(store_address())


def open_store(*, create: bool = False) -> Store:
    """The store of --store, OURTAKE_STORE or the settings. Raises StoreError."""
    store: Store = lazy.store.Store.open(store_address(), create=create)
    store.tell(lambda sentence: say(f"ourtake: {sentence}"))
    if store.from_copy:
        say("ourtake: The store is read-only and was written by an older ourtake, so an updated copy of it is read.")
    return store


def store_file(suffix: str) -> Path:
    """A file that belongs to the store, named after it: beside it, or in the user's cache folder."""
    return lazy.store_address.cache_file(store_address(), suffix)


def output(path: Path, *, force: bool, inputs: Sequence[str | Path] = (), option: str = "-o") -> Output:
    """The file that a command is to write; see Output. The store's own files and the inputs are never written over."""
    kept = lazy.store_address.files_of(store_address())
    return Output(path, force=force, keep=[*kept, *map(Path, inputs)], option=option)


def open_archive(store: Store, *, meaning: bool = True, bill: Bill | None = None) -> Archive:
    """The archive over a store, with its index in --index, OURTAKE_INDEX, or beside the store.

    `meaning` False: no embedding model is asked. `bill`: the run that pays for one.
    """
    given = settings()
    folder, look = index_folder(), given.lookup
    if lazy.index.is_of_another_format(folder):
        say("ourtake: the search index was made by another version of ourtake; it is rebuilt before it is searched.")
    model = _meaning(store, folder, bill) if meaning and "meaning" not in look.without else None
    learned, rank = store.ranking(), lazy.rank
    weighting = (
        rank.defaults(meaning=model is not None) if learned is None else rank.Weighting.model_validate_json(learned)
    )
    return lazy.lookup.Archive(
        store,
        folder,
        weighting=weighting.switched_off(look.without),
        diversity=look.diversity,
        meaning=model,
        publication=given.publication.name,
    )


def filled_archive(store: Store, *, meaning: bool = True, bill: Bill | None = None) -> Archive:
    """The archive, refreshed; `meaning`, `bill`: see open_archive. Raises InputError when it holds no articles."""
    if store.count_articles() == 0:
        raise InputError("The archive is empty.", "Run `ourtake archive add PATH` first.")
    archive = open_archive(store, meaning=meaning, bill=bill)
    archive.refresh()
    if behind := archive.behind():
        say(
            f"ourtake: the index is {count_of(behind, 'change')} behind the archive, which another process is "
            "importing into."
        )
    return archive


def import_settings(permalink: str, encoding: str) -> Settings:
    """The settings of an import with the command's own pattern of addresses and encoding, where they are given.

    Raises InputError for an encoding that does not exist.
    """
    given = settings()
    own = {"permalink": permalink} if permalink else {}
    own |= {"encoding": lazy.encoding.encoding_named(encoding)} if encoding else {}
    return given.model_copy(update={"intake": given.intake.model_copy(update=own)}) if own else given


def index_folder() -> Path:
    """The folder of the index: --index, OURTAKE_INDEX, or beside the store.

    Where that can't be written, it is one in the user's cache folder; where that can't be written either, one for this
    process alone. Raises InputError for a folder that holds something else.
    """
    given = _flags.index_folder or os.environ.get("OURTAKE_INDEX")
    folder = Path(given) if given else store_file(".index")
    lazy.cache_folder.check(folder, lazy.index.OWNED)
    if lazy.cache_folder.writable(folder):
        return folder
    elsewhere = lazy.store_address.spare_file(store_address(), ".index")
    if not elsewhere.is_absolute() or not lazy.cache_folder.writable(elsewhere):
        elsewhere = Path(tempfile.mkdtemp(prefix="ourtake-")) / "index"
        atexit.register(shutil.rmtree, elsewhere.parent, ignore_errors=True)
    if given:
        say(f"ourtake: {folder} can't be written; the index is kept in {elsewhere}.")
    return elsewhere


def _meaning(store: Store, folder: Path, bill: Bill | None) -> Meaning | None:
    """Lookup by meaning, where [lookup] embeddings names a model; the model is loaded when it is first asked."""
    given = settings()
    name = given.lookup.embeddings
    if not name:
        return None
    vectors = folder.with_name(f"{folder.name}.vectors")
    lazy.cache_folder.check(vectors, lazy.vector_index.OWNED)

    def embedder() -> Embedder:
        return lazy.embeddings.build_embedder(name, given, store=store, bill=bill, hurry=True)

    return lazy.semantic.Meaning(store, vectors, name, embedder=embedder, say=say)


def read_story(name: str) -> Source:
    """The source of a file, of standard input for "-", or of a web page. Raises InputError."""
    if not lazy.files.is_address(name):
        return lazy.files.read_source(name)
    with contextlib.closing(lazy.polite.polite_fetcher(settings().intake)) as fetcher:
        return lazy.pages.read_page(name, fetcher)


def load_outside_rules() -> None:
    """Load the rules of other packages, before worker processes do, so that a warning is printed once."""
    if plugins.installed(plugins.RULES):
        lazy.rule_registry.find_rule("STR001")
