"""`ourtake init`: create a starter publication."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import typer

from ourtake.cli import lazy
from ourtake.cli.terminal import ask, emit, say
from ourtake.errors import InputError
from ourtake.publish.output import Output
from ourtake.shipped import shipped

_SETTINGS = """\
# Settings of this publication. `ourtake doctor` says what is set up and what is missing.
[publication]
name = NAME
url = URL
voice = "Clear, concrete and fair. Plain words, short sentences, no slogans."
audience = AUDIENCE

[models]
default = "baseline"    # or "openai:gpt-6.1-sol" (OPENAI_API_KEY), "anthropic:claude-sonnet-5-5" (ANTHROPIC_API_KEY)

# A server of your own with OpenAI's chat completions API, used as "local:MODEL":
# [models.local]
# base_url = "http://127.0.0.1:8080/v1"
# api_key_env = "LOCAL_API_KEY"

# Cost limits in US dollars, and prices that ourtake doesn't know, in US dollars per million tokens (docs/money.md):
# [budget]
# usd_per_run = 20
# usd_per_day = 50
# [prices."local:MODEL"]
# input = 0
# output = 0

# [take]
# links = { low = 3, high = 5, floor = 3, ceiling = 8 }
"""


_SAMPLE = {
    "name": "The Lantern Quarter",
    "url": "https://lanternquarter.example",
    "audience": "Readers in mid-sized towns who follow technology and civic life.",
}
_OWN_AUDIENCE = "Readers who follow the subject and have little time."


def init(
    folder: Path = typer.Argument(Path("."), help="The folder to create it in.", metavar="DIR"),
    empty: bool = typer.Option(False, "--empty", help="Leave out the sample archive and sources."),
    name: str = typer.Option(None, "--name", help="The name of your publication."),
    url: str = typer.Option(None, "--url", help="The address of its home page."),
) -> None:
    r"""Create a starter publication.

    It consists of settings (ourtake.toml), the prompts, a sample archive and sample sources. A key for signing is also
    created, unless you already have one. On a terminal, --empty asks for the name and the address of your publication.

    \b
    Examples:
      ourtake init my-paper
      ourtake init my-paper --empty --name "The Harbour Post" \
          --url https://harbourpost.example
    """
    parts = {"prompts": shipped("prompts")}
    if not empty:
        parts |= {"archive": shipped("examples") / "archive", "sources": shipped("examples") / "sources"}
    taken = [name for name in ("ourtake.toml", *parts) if os.path.lexists(folder / name)]
    if taken:
        raise InputError(f"{folder / taken[0]} already exists.", "Choose another folder.")
    text = _settings_text(empty=empty, name=name, url=url)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part, origin in parts.items():
            shutil.copytree(origin, folder / part)
        # Written last: a folder that has the settings file is complete.
        Output(folder / "ourtake.toml", option="DIR").write(text)
    except OSError as error:
        do = "Choose a folder that you can write to."
        raise InputError(f"{folder} can't be written: {error.strerror}.", do) from error
    here = folder.resolve() == Path.cwd()
    into = "" if here else f"cd {shlex.quote(str(folder))} && "
    emit(f"Created {'a' if empty else 'a starter'} publication in {'this folder' if here else folder}.")
    following = "ourtake archive add PATH-OR-URL" if empty else "ourtake archive add archive"
    _make_key()
    emit(f"Next: {into}{following}" + ("" if empty else " && ourtake draft sources/01*.md"))


def _make_key() -> None:
    """Make the key that signs at the desk, where this user has none yet. A publication can begin without it."""
    ring = lazy.review_keys.KeyRing()
    if ring.public_path.exists():
        return
    try:
        ring.private()
    except InputError as error:
        say(f"ourtake: no signing key has been created yet. {error}")
        return
    say(f"A signing key was created. Give the public part to those who verify records: {ring.public_path}")


def _settings_text(*, empty: bool, name: str | None, url: str | None) -> str:
    """The settings file. Asks for what is not given, where somebody is there to answer. Raises InputError."""
    asks = empty and sys.stdin.isatty() and sys.stderr.isatty()
    if name is None:
        name = ask("Name of your publication") if asks else None
    if url is None:
        url = ask("Address of its home page", default="") if asks else None
    if url and not re.fullmatch(r"https?://[^/?#\s]+\S*", url):
        raise InputError(f"{url} is not a web address.", "Write it as https://paper.example.")
    own = empty or name is not None or url is not None
    values = {
        "NAME": name or ("Our publication" if own else _SAMPLE["name"]),
        "URL": url or ("" if own else _SAMPLE["url"]),
        "AUDIENCE": _OWN_AUDIENCE if own else _SAMPLE["audience"],
    }
    # A JSON string is a TOML string.
    return re.sub(
        "= (NAME|URL|AUDIENCE)$", lambda match: f"= {_string(values[match[1]])}", _SETTINGS, flags=re.MULTILINE
    )


def _string(text: str) -> str:
    return json.dumps(" ".join(text.split()), ensure_ascii=False)
