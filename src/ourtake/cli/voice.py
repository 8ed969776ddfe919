"""`ourtake voice`: the publication's own voice, measured on its opinion pieces."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store, output, settings
from ourtake.cli.terminal import emit
from ourtake.errors import InputError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.writing.voice import Piece

app = typer.Typer(help="Describe the publication's own voice.", no_args_is_help=True, rich_markup_mode=None)
TAGS = "opinion, editorial, leader, comment, column"
"""The usual tags of opinion pieces."""


@app.callback()
def group() -> None:
    """Describe the publication's own voice."""


@app.command("learn")
def learn(
    given: str = typer.Option(
        TAGS,
        "--from",
        help="Tags in the archive, separated by commas; an author; or a folder of .md and .txt files.",
    ),
    force: bool = typer.Option(False, "--force", help="Replace prompts/voice.md if it exists."),
) -> None:
    r"""Describe the publication's voice in prompts/voice.md.

    The description is made from the publication's own opinion pieces.
    The page lists habits of style and some sample paragraphs, for an editor to revise. A model that writes a take is
    given the page as a guide to style, never as a source of facts.

    \b
    Examples:
      ourtake voice learn
      ourtake voice learn --from "Mara Quist"
      ourtake voice learn --from ../leaders
    """
    path = settings().folder / "prompts" / lazy.prompts.VOICE
    pieces = _of_folder(Path(given)) if Path(given).is_dir() else _of_archive(given)
    least = lazy.writing_voice.LEAST_PIECES
    if len(pieces) < least:
        raise InputError(
            f"{count_of(len(pieces), 'piece was', 'pieces were')} found for {given}; a voice needs at least {least}.",
            "Name other tags, an author or a folder with --from.",
        )
    voice = lazy.writing_voice.learned(pieces)
    path.parent.mkdir(exist_ok=True)
    target = output(path, force=force)
    target.write(voice.page())
    emit(
        f"Measured {count_of(voice.pieces, 'piece')}; {count_of(len(voice.samples), 'sample')}. Written to {path}; "
        "edit it."
    )


def _of_archive(given: str) -> list[Piece]:
    """The articles with one of these tags, or by one of these authors."""
    wanted = {part.strip().casefold() for part in given.split(",") if part.strip()}
    with open_store() as store:
        return [
            lazy.writing_voice.Piece(article.title, article.text)
            for article in store.articles()
            if wanted & {tag.casefold() for tag in article.tags} or (article.author or "").casefold() in wanted
        ]


def _of_folder(folder: Path) -> list[Piece]:
    """The texts of a folder, without front matter."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".md", ".txt") and path.is_file():
            text = lazy.files.read_text(path)
            if text.startswith("---\n"):
                text = text.partition("\n---\n")[2] or text
            found.append(lazy.writing_voice.Piece(path.stem, text.strip()))
    return found
