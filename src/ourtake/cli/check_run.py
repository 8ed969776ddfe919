"""One run of `ourtake check`: by which rules takes are checked, and how their reports are printed."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from ourtake.cli import lazy
from ourtake.cli.check_targets import Workspace
from ourtake.cli.terminal import emit, terminal_look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ourtake.checks.base import ReadAnswer, ReadFinding
    from ourtake.checks.evidence import DocumentCache
    from ourtake.cli.check_targets import CheckTarget
    from ourtake.config import Settings
    from ourtake.documents import LinkCheck, Related, Report, Take
    from ourtake.publish.findings_sarif import SarifLog
    from ourtake.publish.findings_text import Look


class CheckRun:
    """One run of the command. `live`: what is behind the takes' links, by canonical address (see check_online.py)."""

    def __init__(self, settings: Settings, *, select: Sequence[str], ignore: Sequence[str], form: str) -> None:
        self.settings = settings
        self.workspace = Workspace()
        self.live: Mapping[str, LinkCheck] = {}
        self.select = select
        self.ignore = ignore
        self.form = form
        self._sarif: SarifLog | None = None
        self._look: Look | None = None
        self._documents: DocumentCache | None = None

    def report(
        self,
        target: CheckTarget,
        take: Take,
        *,
        read: Sequence[ReadFinding] = (),
        answers: Sequence[ReadAnswer] = (),
    ) -> Report:
        """The report of a take against the target's source and articles. `read`, `answers`: see CheckContext."""
        self._documents = self._documents or lazy.evidence.DocumentCache()
        context = lazy.base.CheckContext(
            target.source,
            target.related,
            _settings_for(target, self.settings),
            self.workspace.archive,
            live=self.live,
            listed=target.listed,
            documents=self._documents,
            read=tuple(read),
            answers=tuple(answers),
            **_rests_on(target, take),
        )
        return lazy.rule_registry.check(take, context, select=self.select, ignore=self.ignore)

    def articles(self, target: CheckTarget) -> tuple[Related, ...]:
        """Every article that is evidence for a target's take, with its text where that is here."""
        context = lazy.base.CheckContext(
            target.source, target.related, self.settings, self.workspace.archive, listed=target.listed
        )
        articles: tuple[Related, ...] = lazy.base.Case(target.take, context).articles
        return articles

    def show(self, target: CheckTarget, report: Report) -> None:
        """Print a report in the chosen format, or keep it for the end."""
        if self.form == "json":
            print(json_line(target, report))
        elif self.form == "sarif":
            self._sarif = self._sarif or lazy.findings_sarif.SarifLog()
            self._sarif.add(report, layout=target.layout())
        elif self.form == "github":
            emit(lazy.findings_github.report_github(report, layout=target.layout()))
        else:
            self._look = self._look or terminal_look()
            print(lazy.findings_text.report_text(report, layout=target.layout(), look=self._look))

    def end(self) -> None:
        """Print what was kept."""
        if self.form == "sarif":
            log = (self._sarif or lazy.findings_sarif.SarifLog()).log()
            print(json.dumps(log, indent=2 if sys.stdout.isatty() else None))


def json_line(target: CheckTarget, report: Report) -> str:
    """A report as JSON, its offsets those of the take as it was given."""
    return lazy.offsets.as_json(given_report(target, report))


def given_report(target: CheckTarget, report: Report) -> Report:
    """The report with the take's name and the offsets of the take as it was given."""
    named = report if target.row is not None else report.model_copy(update={"id": target.name})
    given: Report = lazy.offsets.given_report(named, target.raw)
    return given


def _rests_on(target: CheckTarget, take: Take) -> dict[str, Any]:
    """What the writer of a draft said that its sentences rest on, while they are as he wrote them."""
    draft = target.draft
    revision = draft.standing() if draft is not None else None
    if draft is None or draft.plan is None or revision is None or revision.take != take:
        return {}
    return {"handles": revision.handles, "facts": draft.plan.facts}


def _settings_for(target: CheckTarget, settings: Settings) -> Settings:
    """The settings, with the measures of a short take for one; where they don't name the publication, with the name
    that the file gives it.
    """
    if target.short:
        settings = settings.model_copy(update={"take": settings.take.shortened()})
    if not target.publication or settings.publication.name != lazy.config.Publication().name:
        return settings
    named = settings.publication.model_copy(update={"name": target.publication})
    return settings.model_copy(update={"publication": named})
