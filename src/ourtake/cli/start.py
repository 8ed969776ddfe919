"""`ourtake init`: create a starter publication."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import typer

from ourtake.cli.terminal import emit
from ourtake.errors import InputError
from ourtake.publish.output import Output
from ourtake.shipped import shipped

_SETTINGS = """\
# Settings of this publication. `ourtake doctor` says what is set up and what is missing.
[publication]
name = "The Lantern Quarter"
url = "https://lanternquarter.example"
voice = "Clear, concrete and fair. Plain words, short sentences, no slogans."
audience = "Readers in mid-sized towns who follow technology and civic life."

[models]
default = "baseline"    # or "openai:gpt-6.2-sol" (OPENAI_API_KEY), "anthropic:claude-sonnet-5-5" (ANTHROPIC_API_KEY)

# A server of your own that speaks OpenAI's chat completions, used as "local:MODEL":
# [models.local]
# base_url = "http://127.0.0.1:8080/v1"
# api_key_env = "LOCAL_API_KEY"

# What may be spent, in US dollars; prices that are not known already, in US dollars per million tokens (docs/money.md):
# [budget]
# usd_per_run = 20
# usd_per_day = 50
# [prices."local:MODEL"]
# input = 0
# output = 0

# [take]
# links = { low = 3, high = 5, floor = 3, ceiling = 8 }
"""


def init(folder: Path = typer.Argument(Path("."), help="The folder to create it in.", metavar="DIR")) -> None:
    r"""Create a starter publication.

    It has settings (ourtake.toml), the prompts, a sample archive and sample sources.

    \b
    Example:
      ourtake init my-paper
    """
    parts = {
        "prompts": shipped("prompts"),
        "archive": shipped("examples") / "archive",
        "sources": shipped("examples") / "sources",
    }
    taken = [name for name in ("ourtake.toml", *parts) if os.path.lexists(folder / name)]
    if taken:
        raise InputError(f"{folder / taken[0]} exists already.", "Choose another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, origin in parts.items():
            shutil.copytree(origin, folder / name)
        # Written last: a folder that has the settings file is complete.
        Output(folder / "ourtake.toml", option="DIR").write(_SETTINGS)
    except OSError as error:
        do = "Choose a folder that you can write to."
        raise InputError(f"{folder} can't be written: {error.strerror}.", do) from error
    here = folder.resolve() == Path.cwd()
    into = "" if here else f"cd {shlex.quote(str(folder))} && "
    emit(f"Created a starter publication in {'this folder' if here else folder}.")
    emit(f"Next: {into}ourtake archive add archive && ourtake draft sources/01*.md")
