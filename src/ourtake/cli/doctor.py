"""`ourtake models` and `ourtake doctor`: which models can be used, and what is set up or missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import typer

from ourtake.cli import lazy
from ourtake.cli.context import flags, open_archive, open_store, settings, shown_store_address
from ourtake.cli.options import Json
from ourtake.cli.terminal import emit, emit_json
from ourtake.errors import InputError, StoreError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.config import Settings
    from ourtake.providers.models import ModelRow

_BASELINE = ", the built-in writer; name a model with --model, or as `default` under [models] in ourtake.toml"


def models(
    ping: bool = typer.Option(False, "--ping", help="Ask each provider for its list of models. Costs nothing."),
    as_json: Json = False,
) -> None:
    r"""List the models, and whether they can be used.

    Shows for each model: the environment variable of its key, limits, price, context window and structured output. With
    --ping it also shows whether the provider answers. Other models of a provider are named in the same way.

    \b
    Examples:
      ourtake models
      ourtake models --ping
    """
    given = settings()
    rows = lazy.models.known_models(given)
    if ping:

        async def every() -> list[ModelRow]:
            return list(await lazy.asyncio.gather(*(lazy.models.pinged(row, given) for row in rows)))

        rows = lazy.asyncio.run(every())
    if as_json:
        emit_json([row.model_dump(mode="json") for row in rows])
        return
    for row in rows:
        emit(f"{row.name:<34} {row.state}{'; the default' * row.default}")
        for name, value in _details(row).items():
            emit(f"    {name:<20} {value}")


def _details(row: ModelRow) -> dict[str, str]:
    """What is known beyond the first line. Unknown values are left out, except for the price."""
    limits = {name.replace("_", " "): value for name, value in row.limits.model_dump().items() if value}
    found = {
        "structured output": row.structured_output,
        "context window": f"{row.context_tokens} tokens" if row.context_tokens else "",
        "price": "" if row.name == "baseline" else row.price,
        "limits": ", ".join(f"{name} {value}" for name, value in limits.items()),
        "package": row.package,
        "ping": ("" if row.reachable else "not reachable: ") + (row.ping or "") if row.reachable is not None else "",
    }
    return {name: value for name, value in found.items() if value}


SAMPLE_HOST = "lanternquarter.example"
"""Where the articles of the sample archive lie."""


class Line(NamedTuple):
    """A line of `ourtake doctor`. `state`: ok, todo (something has to be done) or none (not set up, and not needed)."""

    part: str
    state: str
    text: str


def doctor() -> None:
    """Check what is set up, what is missing, and what to do about it.

    The exit code is 1 if something has to be done.
    """
    given = settings()
    lines = [_settings_line(given), *_archive_lines(), _prompts_line(given), *_model_lines(given)]
    for line in lines:
        emit(f"{line.part:<10} {line.state:<5} {line.text}")
    todo = [line.part for line in lines if line.state == "todo"]
    emit(f"To do: {', '.join(todo)}." if todo else "Ready: `ourtake draft SOURCE` writes a take.")
    raise typer.Exit(1 if todo else 0)


def _settings_line(given: Settings) -> Line:
    found = lazy.config_file.settings_file(flags().config)
    if found is None:
        return Line("settings", "none", "the defaults are used; `ourtake init DIR` creates a publication with settings")
    try:
        _try_rules(given)
    except InputError as error:
        return Line("settings", "todo", f"{found}: {error}")
    return Line("settings", "ok", f"{found}, for {given.publication.name}")


def _try_rules(given: Settings) -> None:
    """Check a take of one word, as `check` does. Raises InputError for rules and files that the settings name."""
    documents = lazy.documents
    source = documents.Source(title="t", outlet="o", url="https://o.example/t", blurb="b")
    context = lazy.base.CheckContext(source, (), given)
    for codes in ((), *given.checks.per_file_ignores.values()):
        lazy.rule_registry.check(documents.Take(headline="h", summary="s", body="b"), context, ignore=codes)


def _archive_lines() -> list[Line]:
    try:
        with open_store() as store:
            store.check_whole()
            count = store.count_articles()
            counts = f"{count_of(count, 'article')}, {count_of(len(store.drafts(1000)), 'draft')}"
            lines = [Line("store", "ok", f"{shown_store_address()}: {counts}")]
            if store.only_read:
                text = f"{lines[0].text}; it can only be read: change its permissions and its folder's"
                lines = [Line("store", "todo", text)]
            if count == 0:
                return [*lines, Line("archive", "todo", "it is empty; run `ourtake archive add PATH`")]
            open_archive(store).refresh()
            lines.append(Line("index", "ok", "up to date with the store"))
            spread = store.spread_articles(50).values()
            hosts = [lazy.words.canonical_url(article.url).split("/")[2:3] for article in spread]
            if samples := sum(host == [SAMPLE_HOST] for host in hosts):
                part = "all" if samples == len(hosts) else "some"
                text = f"{part} articles are samples from `ourtake init`; start yours with `ourtake init DIR --empty`"
                lines.append(Line("archive", "none", text))
            return lines
    except StoreError as error:
        return [Line("store", "todo", str(error))]


def _prompts_line(given: Settings) -> Line:
    own = sorted(file.name for file in (given.folder / "prompts").glob("*.jinja"))
    return Line("prompts", "ok", f"from {given.folder / 'prompts'}: {', '.join(own)}" if own else "the built-in ones")


def _model_lines(given: Settings) -> list[Line]:
    rows = lazy.models.known_models(given)
    lines = [Line("model", "ok" if row.ready else "none", f"{row.name}: {row.state}") for row in rows]
    for name in given.models.in_order:
        try:
            lazy.registry.build_provider(name, given)
            lines.append(Line("default", "ok", f"{name}{_BASELINE if name == 'baseline' else ''}"))
        except InputError as error:
            lines.append(Line("default", "todo", f"{name}: {error}"))
    return lines
