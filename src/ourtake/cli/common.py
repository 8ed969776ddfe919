"""What every command shares: where results and messages go, and how the store and the archive are opened.

Results go to standard output, everything else to standard error; colour and progress bars only on a terminal.
"""

from __future__ import annotations

import atexit
import hashlib
import inspect
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ourtake.errors import InputError
from ourtake.publish.output import Output

if TYPE_CHECKING:
    import typer

    from ourtake.archive.lookup import Archive
    from ourtake.archive.semantic import Embedder, Meaning
    from ourtake.config import Settings
    from ourtake.documents import Source
    from ourtake.providers.redaction import Redaction
    from ourtake.store import Store
    from ourtake.store.calls import Bill


class Globals(NamedTuple):
    """The flags that stand before a command."""

    store: str | None = None
    index_folder: str | None = None
    config: str | None = None
    debug: bool = False


_globals: list[Globals] = [Globals()]
_known: list[Redaction] = []

# Escape sequences in somebody else's text would be obeyed by the terminal; a tab and a new line are harmless.
_ESCAPES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def keep_lines(group: typer.Typer) -> None:
    """Let help show the examples of a group's commands line by line: in a raw docstring the mark for that is two
    characters, help wants one.
    """
    for command in group.registered_commands:
        command.help = command.help or inspect.cleandoc(command.callback.__doc__ or "").replace("\\b\n", "\b\n")


def set_globals(given: Globals) -> None:
    """Keep the flags given before the command, for this process."""
    _globals[0] = given


def global_flags() -> Globals:
    """The flags given before the command."""
    return _globals[0]


def debugging() -> bool:
    """Whether --debug was given."""
    return _globals[0].debug


def settings() -> Settings:
    """The settings in force; their secrets are known from here on."""
    from ourtake.config_file import load_settings
    from ourtake.providers.redaction import Redaction

    given = load_settings(_globals[0].config)
    _known[:] = [Redaction(given, addresses=filter(None, [_globals[0].store]))]
    return given


def known_secrets() -> Redaction:
    """What is taken out of all that is printed: the secrets of the environment, and of the settings once they were
    read.
    """
    from ourtake.providers.redaction import Redaction

    if not _known:
        _known.append(Redaction(addresses=filter(None, [_globals[0].store])))
    return _known[0]


def address() -> str:
    """The store's address in force: --store, OURTAKE_STORE, the settings."""
    from ourtake.config_file import store_address

    return store_address(_globals[0].store, settings())


def store_place() -> str:
    """Where the store is, for people: its address without a password."""
    return re.sub(r"://([^:@/]+):[^@/]*@", r"://\1:***@", address())


def config_flag() -> str | None:
    """The settings file that --config names."""
    return _globals[0].config


def no_store_file() -> bool:
    """Whether the store is a file that is not there, found out without loading the store's room."""
    place = address()
    return place.startswith("sqlite:///") and not Path(place.removeprefix("sqlite:///")).exists()


def open_store(*, create: bool = False) -> Store:
    """The store of --store, OURTAKE_STORE or the settings."""
    from ourtake.store import Store

    return Store.open(address(), create=create)


def store_file(suffix: str) -> Path:
    """A file beside the store, named after it."""
    return Path(address().removeprefix("sqlite:///")).with_suffix(suffix)


def output(path: Path, *, force: bool, inputs: Sequence[str | Path] = (), option: str = "-o") -> Output:
    """The file that a command is to write; see Output. The store's own files and the inputs are never written over."""
    store = address().removeprefix("sqlite:///")
    kept = [Path(f"{store}{suffix}") for suffix in ("", "-wal", "-shm", "-journal", "-sent")]
    return Output(path, force=force, keep=[*kept, *map(Path, inputs)], option=option)


def open_archive(store: Store, *, meaning: bool = True, bill: Bill | None = None) -> Archive:
    """The archive over a store, with its index in --index, OURTAKE_INDEX, or beside the store; `meaning` False: no
    model of embeddings is asked; `bill`: the run that pays for one.
    """
    from ourtake.archive.lookup import Archive
    from ourtake.archive.rank import Weighting, defaults

    folder = index_folder()
    look = settings().lookup
    model = _meaning(store, folder, bill) if meaning and "meaning" not in look.without else None
    learned = store.ranking()
    weighting = defaults(meaning=model is not None) if learned is None else Weighting.model_validate_json(learned)
    return Archive(
        store, folder, weighting=weighting.switched_off(look.without), diversity=look.diversity, meaning=model
    )


def index_folder() -> Path:
    """The folder of the index: --index, OURTAKE_INDEX, or beside the store.

    Where that can't be written, it is one in the user's cache folder; where there is none either, one for this process
    alone. Raises InputError for a folder that holds something else.
    """
    from ourtake.archive import cache_folder
    from ourtake.archive.index import OWNED

    given = _globals[0].index_folder or os.environ.get("OURTAKE_INDEX")
    folder = Path(given) if given else store_file(".index")
    cache_folder.check(folder, OWNED)
    if cache_folder.writable(folder):
        return folder
    store = str(Path(address().removeprefix("sqlite:///")).resolve())
    cache = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    elsewhere = cache / "ourtake" / f"{hashlib.sha256(store.encode()).hexdigest()[:16]}.index"
    if not cache.is_absolute() or not cache_folder.writable(elsewhere):
        elsewhere = Path(tempfile.mkdtemp(prefix="ourtake-")) / "index"
        atexit.register(shutil.rmtree, elsewhere.parent, ignore_errors=True)
    if given:
        say(f"ourtake: {folder} can't be written; the index is kept in {elsewhere}.")
    return elsewhere


def _meaning(store: Store, folder: Path, bill: Bill | None) -> Meaning | None:
    """Look-up by meaning, where [lookup] embeddings names a model; the model is loaded when it is first asked."""
    given = settings()
    name = given.lookup.embeddings
    if not name:
        return None
    from ourtake.archive import cache_folder
    from ourtake.archive.semantic import Meaning
    from ourtake.archive.vector_index import OWNED

    vectors = folder.with_name(f"{folder.name}.vectors")
    cache_folder.check(vectors, OWNED)

    def embedder() -> Embedder:
        from ourtake.providers.embeddings import build_embedder

        return build_embedder(name, given, store=store, bill=bill, hurry=True)

    return Meaning(store, vectors, name, embedder=embedder, say=say)


def filled_archive(store: Store, *, meaning: bool = True, bill: Bill | None = None) -> Archive:
    """The archive, refreshed; `meaning`, `bill`: see open_archive. Raises InputError when nothing was ever added to
    it.
    """
    if store.count_articles() == 0:
        raise InputError("The archive is empty.", "Run `ourtake archive add PATH` first.")
    archive = open_archive(store, meaning=meaning, bill=bill)
    archive.refresh()
    return archive


def read_story(name: str) -> Source:
    """The source of a file, of standard input for "-", or of a web page. Raises InputError."""
    from ourtake.intake.files import is_address, read_source

    if not is_address(name):
        return read_source(name)
    from ourtake.archive.import_source import visitor
    from ourtake.intake.pages import read_page

    guest = visitor()
    try:
        return read_page(name, guest)
    finally:
        guest.close()


def plain(text: str) -> str:
    """Text that a terminal can only print, and in which nothing is invisible."""
    text = _ESCAPES.sub("\ufffd", text)
    if text.isascii():
        return text
    from ourtake.text.plain import hidden_runs

    parts, last = [], 0
    for start, end in hidden_runs(text):
        parts += [text[last:start], *(f"<U+{ord(sign):04X}>" for sign in text[start:end])]
        last = end
    return "".join([*parts, text[last:]])


def emit(text: str) -> None:
    """A result, on standard output."""
    print(plain(text), file=sys.stdout)


def emit_json(value: Any) -> None:
    """A result as JSON on standard output: indented on a terminal, one line elsewhere."""
    # To a terminal all that it could obey is written as escapes of JSON, to a program as it is; both read the same.
    terminal = sys.stdout.isatty()
    print(json.dumps(value, ensure_ascii=terminal, indent=2 if terminal else None))


def say(text: str) -> None:
    """A message, on standard error."""
    print(plain(text), file=sys.stderr, flush=True)


class Ticker(Protocol):
    """Something that counts what is done."""

    def advance(self, count: int = 1) -> None:
        """Count `count` more."""


class _Silent:
    def advance(self, count: int = 1) -> None:
        """Nothing is shown where nobody watches."""


@contextmanager
def progress(total: int | None, title: str) -> Iterator[Ticker]:
    """A progress bar on standard error when that is a terminal; total None where it isn't known."""
    if not sys.stderr.isatty():
        yield _Silent()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)

        class Shown:
            def advance(self, count: int = 1) -> None:
                bar.advance(task, count)

        yield Shown()
