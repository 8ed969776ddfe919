"""What models are asked: Jinja2 files from a publication's own prompts/ folder, or, file by file, from ours.

Texts from outside are fenced between marks that are a hash of those very texts, so that no text can hold its own mark
and break out of the fence. Invisible characters (zero-width, direction, tag characters) never reach a model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import jinja2

from ourtake.config import Settings
from ourtake.documents import Related, Source
from ourtake.errors import ConfigError
from ourtake.providers.base import Brief, Request
from ourtake.shipped import shipped
from ourtake.text.plain import visible_only
from ourtake.writing.feedback import Passage, for_prompt

DIVIDER = "-" * 20


class Prompt(NamedTuple):
    """`system`: what stays the same for a publication; `user`: the data of this story."""

    system: str
    user: str


def request_for(
    task: Literal["take", "repair", "judge", "verify"],
    prompt: Prompt,
    *,
    model: str,
    brief: Brief,
    settings: Settings,
    json_schema: dict[str, Any],
    larger: bool = False,
) -> Request:
    """What a provider is asked; `larger`: with twice the room for its answer."""
    return Request(
        task=task,
        model=model,
        system=prompt.system,
        prompt=prompt.user,
        json_schema=json_schema,
        max_output_tokens=settings.models.max_output_tokens * (2 if larger else 1),
        brief=brief,
        temperature=settings.models.temperature,
        effort=settings.models.effort,
    )


class Prompts:
    """The prompt files of one publication."""

    def __init__(self, settings: Settings) -> None:
        folders = [settings.folder / "prompts", shipped("prompts")]
        loader = jinja2.FileSystemLoader([folder for folder in folders if Path(folder).is_dir()])
        self._settings = settings
        # Prompts are plain text for a model, not HTML: escaping would change quotations.
        self._files = jinja2.Environment(
            loader=loader, undefined=jinja2.StrictUndefined, autoescape=False, trim_blocks=False
        )

    def take(self, source: Source, related: Sequence[Related], *, complaint: str = "") -> Prompt:
        """The prompt of a first take."""
        return self._render("take.md.jinja", source=source, related=related, complaint=complaint)

    def repair(self, source: Source, related: Sequence[Related], *, passages: Sequence[Passage]) -> Prompt:
        """The prompt that asks for the named passages only."""
        return self._render(
            "repair.md.jinja", source=source, related=related, passages=for_prompt(passages, source, related)
        )

    def verify(self, source: Source, *, items: Sequence[object], documents: Sequence[object]) -> Prompt:
        """The prompt that asks what the documents say of numbered claims (verify.py)."""
        return self._render("verify.md.jinja", source=source, related=(), items=items, documents=documents)

    def judge(self, source: Source, related: Sequence[Related], *, first: str, second: str) -> Prompt:
        """The prompt that asks which of two takes on a story is better; `first` and `second` are their plain texts."""
        return self._render("judge.md.jinja", source=source, related=related, first=first, second=second)

    def _render(self, name: str, *, source: Source, related: Sequence[Related], **more: object) -> Prompt:
        shown = source.model_copy(
            update={key: visible_only(getattr(source, key) or "") for key in ("title", "outlet", "blurb", "text")}
        )
        offered = [
            item.model_copy(update={"title": visible_only(item.title), "passage": visible_only(item.passage)})
            for item in related
        ]
        text = "\x1f".join(
            [shown.title, shown.blurb, shown.text or "", *(item.title + item.passage for item in offered), repr(more)]
        )
        mark = f"==={hashlib.sha256(text.encode()).hexdigest()[:16]}==="
        settings = self._settings
        try:
            page = self._files.get_template(name).render(
                publication=settings.publication,
                shape=settings.take,
                source=shown,
                related=offered,
                mark=mark,
                divider=DIVIDER,
                **more,
            )
        except jinja2.TemplateError as error:
            raise ConfigError(
                f"The prompt file {name} can't be used: {error}.", "Fix it, or remove your own copy from prompts/."
            ) from error
        system, divided, user = page.partition(f"\n{DIVIDER}\n")
        return Prompt(system.strip(), user.strip()) if divided else Prompt("", page.strip())
