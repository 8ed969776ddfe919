"""What models are asked: Jinja2 files from a publication's own prompts/ folder, or, file by file, from ours.

Texts from outside are fenced between marks that are a hash of those very texts, so that no text can hold its own mark
and break out of the fence. Invisible characters (zero-width, direction, tag characters) never reach a model.

A plan, a second reading and a repair begin with the same texts (story.md.jinja), so that a provider can keep them from
one call to the next; the task comes last.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import jinja2

from ourtake.config import Settings, TakeShape
from ourtake.documents import SOURCE, Fact, Plan, Related, Source, Take
from ourtake.errors import ConfigError
from ourtake.providers.base import Brief, Request, Task
from ourtake.shipped import shipped
from ourtake.text.markdown import visible
from ourtake.text.plain import visible_only
from ourtake.writing.beside_claims import PromptDocument
from ourtake.writing.context import (
    LEAST_FACTS,
    facts_in,
    passages_to_write_from,
    shown_in,
    texts_to_plan_from,
    with_marks,
)
from ourtake.writing.fact_handles import handles_in
from ourtake.writing.feedback import Passage, PromptPassage, for_prompt
from ourtake.writing.plan import PLAN_PARTS
from ourtake.writing.reply import REPAIR_PARTS, STRING, TAKE_SCHEMA, list_of, schema_of
from ourtake.writing.reread import READ_PARTS, SHORT_PARTS, Item
from ourtake.writing.shapes import Build

DIVIDER = f"divider {secrets.token_hex(16)}"
"""Between the two parts of a prompt file. No text from outside can have it: a line of dashes under a heading once cut
the texts off.
"""

STORY_SCHEMA = schema_of(**PLAN_PARTS, **SHORT_PARTS, **REPAIR_PARTS)
"""One schema for all requests that begin with the texts of a story: providers put the schema before the texts, so that
another one for each task would make them read the texts again.
"""


class Prompt(NamedTuple):
    """`system`: what stays the same for a publication; `user`: the data of this story, whose first `shared` characters
    begin all requests about it that have the same system text.
    """

    system: str
    user: str
    shared: int = 0


class StoryBlock(NamedTuple):
    """The texts of a story as the beginning of a prompt. `shared`: other prompts begin with the same."""

    system: str
    text: str
    shared: bool = True


def request_for(
    task: Task,
    prompt: Prompt,
    *,
    model: str,
    brief: Brief,
    settings: Settings,
    json_schema: dict[str, Any] | None = None,
    larger: bool = False,
) -> Request:
    """What a provider is asked. `json_schema`: of the answer, where it is not that of SCHEMAS; `larger`: with twice the
    room for its answer.
    """
    return Request(
        task=task,
        model=model,
        system=prompt.system,
        prompt=prompt.user,
        shared=prompt.shared,
        json_schema=STORY_SCHEMA if prompt.shared else json_schema or SCHEMAS[task],
        max_output_tokens=settings.models.max_output_tokens * (2 if larger else 1),
        brief=brief,
        temperature=settings.models.temperature,
        effort=settings.models.effort,
    )


class TakeTerms(NamedTuple):
    """How a take is to be written. `shape`: its measures; `note`: what the editor asks for; `complaint`: what was wrong
    with the last answer.
    """

    build: Build
    shape: TakeShape
    plan: Plan | None = None
    note: str = ""
    complaint: str = ""


class Prompts:
    """The prompt files of one publication."""

    def __init__(self, settings: Settings) -> None:
        folders = [settings.folder / "prompts", shipped("prompts")]
        loader = jinja2.FileSystemLoader([str(folder) for folder in folders if Path(folder).is_dir()])
        self._settings = settings
        self._voice = settings.folder / "prompts" / VOICE
        # Prompts are plain text for a model, not HTML: escaping would change quotations.
        self._files = jinja2.Environment(
            loader=loader, undefined=jinja2.StrictUndefined, autoescape=False, trim_blocks=False
        )

    def story(self, source: Source, related: Sequence[Related]) -> StoryBlock:
        """The texts of a story, as much of them as [take] plan_tokens allows."""
        texts = texts_to_plan_from(source, related, tokens=self._settings.take.plan_tokens)
        prompt = self._render("story.md.jinja", source=source, related=shown_in(texts, related))
        return StoryBlock(prompt.system, prompt.user)

    def passages(self, source: Source, related: Sequence[Related]) -> StoryBlock:
        """The same with one passage of each article, for the repair of a take that was written in one call."""
        prompt = self._render("story.md.jinja", source=source, related=related)
        return StoryBlock(prompt.system, prompt.user, shared=False)

    def plan(
        self,
        story: StoryBlock,
        *,
        angles: int = 3,
        claim: str = "",
        complaint: str = "",
        looked_up: Mapping[str, Sequence[str]] = MappingProxyType({}),
        may_look_up: bool = True,
    ) -> Prompt:
        """The prompt that asks for a plan. `claim`: the editor's own, for the first angle. `looked_up`: the words that
        an earlier reply looked up, with the handles of what was added for them.
        """
        terms: dict[str, object] = {"angles": angles, "claim": claim, "complaint": complaint}
        terms |= {"looked_up": looked_up, "may_look_up": may_look_up}
        return self._task("plan.md.jinja", story, least=LEAST_FACTS, most=facts_in(story.text), **terms)

    def take(self, source: Source, related: Sequence[Related], terms: TakeTerms) -> Prompt:
        """The prompt of a first take, from a plan or, in one call, from the articles' passages."""
        whole = terms.plan
        angle = whole.angle() if whole is not None and whole.angles else None
        # A writer uses what it is shown: facts beside the case would crowd it.
        plan = whole.of_angle() if whole is not None and angle is not None else whole
        shape = terms.shape
        if plan is not None and angle is not None:
            # As rule LNK004 counts them: an article without a fact of the angle has nothing to say here.
            shape = shape.with_links_to(len({fact.document for fact in plan.facts} - {SOURCE}))
        marked = with_marks(passages_to_write_from(source, related, plan), plan)
        return self._render(
            "take.md.jinja",
            source=source,
            related=shown_in(marked.passages, related),
            facts=[
                fact.model_copy(update={"text": ""}) if fact.id in marked.facts else fact for fact in _shown_facts(plan)
            ],
            tensions=plan.tensions if plan is not None else (),
            unknown=whole.unanswered() if whole is not None else (),
            angle=angle,
            against=plan.against() if plan is not None and angle is not None else None,
            **{"build": terms.build, "shape": shape, "note": terms.note, "complaint": terms.complaint},
            voice=self._voice_samples(),
        )

    def reread(
        self,
        story: StoryBlock,
        items: Sequence[Item],
        *,
        claims: Sequence[str] = (),
        more: Sequence[PromptDocument] = (),
        plan: Plan | None = None,
        asked: Sequence[str] = (),
    ) -> Prompt:
        """The prompt of a second reading. `claims`: the ids of the items that code did not settle; `more`: passages of
        theirs that the story's texts leave out; `asked`: the ids of the items to answer for, if not all. The texts of
        the story hold what the facts rest on, so a fact is shown by its document alone.
        """
        own = {fact.id: fact.document for fact in plan.facts} if plan is not None else {}
        terms = {"items": items, "claims": claims, "more": more, "documents": own, "facts": (), "asked": asked}
        # What the take set out to say, which only the reading of a whole take can judge.
        whole = plan if plan is not None and plan.angles and not asked else None
        case = {"angle": whole.angle() if whole else None, "against": whole.against() if whole else None}
        return self._task("reread.md.jinja", story, **terms, **case)

    def repair(
        self,
        story: StoryBlock,
        source: Source,
        related: Sequence[Related],
        *,
        passages: Sequence[Passage],
        shape: TakeShape,
        plan: Plan | None = None,
        note: str = "",
        body_words: int = 0,
    ) -> Prompt:
        """The prompt that asks for the named passages only. `body_words`: of the whole body."""
        shown = for_prompt(passages, source, related, shape=shape, whole_sentences=not story.shared)
        facts = _facts_of(plan, shown)
        # Prompt files of older publications hold the texts themselves.
        own = {"source": _visible(source), "related": _offered(related)}
        return self._task(
            "repair.md.jinja", story, passages=shown, shape=shape, facts=facts, note=note, body_words=body_words, **own
        )

    def headlines(self, source: Source, take: Take, *, count: int) -> Prompt:
        """The prompt that asks for other headlines of a take."""
        return self._render("headlines.md.jinja", source=source, related=(), take=take, count=count)

    def verify(self, source: Source, *, items: Sequence[object], documents: Sequence[object]) -> Prompt:
        """The prompt that asks what the documents say of numbered claims (verify.py)."""
        return self._render("verify.md.jinja", source=source, related=(), items=items, documents=documents)

    def judge(self, source: Source, related: Sequence[Related], *, first: str, second: str) -> Prompt:
        """The prompt that asks which of two takes on a story is better; `first` and `second` are their plain texts."""
        return self._render("judge.md.jinja", source=source, related=related, first=first, second=second)

    def text_of(self, name: str) -> str:
        """The text of a prompt file, before anything is put into it. Raises ConfigError where it can't be read."""
        try:
            return self._files.loader.get_source(self._files, name)[0]  # type: ignore[union-attr]
        except (jinja2.TemplateError, OSError, ValueError) as error:
            raise _unusable(name, error) from error

    def _voice_samples(self) -> str:
        """prompts/voice.md of the publication, if there is one."""
        try:
            return self._voice.read_text(encoding="utf-8").strip() if self._voice.is_file() else ""
        except (OSError, ValueError) as error:
            raise ConfigError(f"{self._voice} can't be read: {error}.", "Fix it, or remove it.") from error

    def _task(self, name: str, story: StoryBlock, **more: object) -> Prompt:
        """A task after the texts of a story; a file that has a divider holds the whole prompt itself."""
        mark = _mark(story.text, repr(more))
        page = self._page(name, mark=mark, task_mark=mark, **more)
        system, divided, user = page.partition(f"\n{DIVIDER}\n")
        if divided:
            return Prompt(system.strip(), user.strip())
        shared = len(story.text) if story.shared else 0
        return Prompt(story.system, f"{story.text}\n\n{page.strip()}", shared)

    def _render(self, name: str, *, source: Source, related: Sequence[Related], **more: object) -> Prompt:
        shown, offered = _visible(source), _offered(related)
        texts = [shown.title, shown.blurb, shown.text or "", *(item.title + item.passage for item in offered)]
        page = self._page(name, source=shown, related=offered, mark=_mark(*texts, repr(more)), **more)
        system, divided, user = page.partition(f"\n{DIVIDER}\n")
        return Prompt(system.strip(), user.strip()) if divided else Prompt("", page.strip())

    def _page(self, name: str, **values: object) -> str:
        publication = self._settings.publication
        voice = publication.archive_voice
        archive = "our own archive" if voice == "we" else f"the archive of {voice}"
        known: Mapping[str, object] = {"publication": publication, "shape": self._settings.take, "archive": archive}
        try:
            return self._files.get_template(name).render({**known, "divider": DIVIDER, **values})
        except jinja2.TemplateError as error:
            raise _unusable(name, error) from error


VOICE = "voice.md"
"""Samples of the publication's own opinion pieces, which `ourtake voice learn` writes for an editor to edit."""

SCHEMAS: dict[str, dict[str, Any]] = {
    "take": TAKE_SCHEMA,
    "repair": schema_of(**REPAIR_PARTS),
    "plan": schema_of(**PLAN_PARTS),
    "reread": schema_of(**SHORT_PARTS),
    "verify": schema_of(**READ_PARTS),
    "headlines": schema_of(headlines=list_of(schema_of(headline=STRING, carried_by=STRING))),
}
"""The schema of each task's answer, where it is not STORY_SCHEMA."""


def _shown_facts(plan: Plan | None) -> list[Fact]:
    """A plan's facts with their words as a reader sees them, without addresses."""
    return [fact.model_copy(update={"text": visible(fact.text)}) for fact in plan.facts] if plan is not None else []


def _facts_of(plan: Plan | None, passages: Sequence[PromptPassage]) -> list[Fact]:
    """The facts that passages rest on; all of them where a passage is to grow, or is written again as an editor
    asks.
    """
    if any(not passage.complaints or passage.needs_facts for passage in passages):
        return _shown_facts(plan)
    named = {name for passage in passages for name in handles_in(passage.text)}
    named |= {name for passage in passages for one in passage.complaints for name in handles_in(one.proposal)}
    return [fact for fact in _shown_facts(plan) if fact.id in named]


def _unusable(name: str, error: Exception) -> ConfigError:
    return ConfigError(
        f"The prompt file {name} can't be used: {error}.", "Fix it, or remove your own copy from prompts/."
    )


def _mark(*texts: str) -> str:
    return f"==={hashlib.sha256(chr(31).join(texts).encode()).hexdigest()[:16]}==="


def _visible(source: Source) -> Source:
    return source.model_copy(
        update={key: visible_only(getattr(source, key) or "") for key in ("title", "outlet", "blurb", "text")}
    )


def _offered(related: Sequence[Related]) -> list[Related]:
    return [
        item.model_copy(update={"title": visible_only(item.title), "passage": visible_only(item.passage)})
        for item in related
    ]
