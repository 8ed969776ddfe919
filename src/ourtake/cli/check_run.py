"""One run of `ourtake check`: by which rules takes are checked, and how their reports are printed."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ourtake.cli import lazy
from ourtake.cli.check_targets import Workspace
from ourtake.cli.terminal import emit, fitted, terminal_look

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
    """One run of the command. `statistics`: how often each rule found something is printed in place of the findings.
    `live`: what is behind the takes' links, by canonical address (see check_online.py).
    """

    def __init__(
        self, settings: Settings, *, select: Sequence[str], ignore: Sequence[str], form: str, statistics: bool = False
    ) -> None:
        self.settings = settings
        self.workspace = Workspace()
        self.live: Mapping[str, LinkCheck] = {}
        self.select = select
        self.ignore = ignore
        self.form = form
        self.statistics = statistics
        self._statistics: Counter[str] = Counter()
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
        """The report of a take against the target's source and articles. `read`, `answers`: see CheckContext; what was
        read in a draft is among them.
        """
        known, said = _read_in(target, take)
        self._documents = self._documents or lazy.evidence.DocumentCache()
        context = lazy.base.CheckContext(
            target.source,
            target.related,
            _settings_for(target, self.settings),
            self.workspace.archive,
            live=self.live,
            listed=target.listed,
            documents=self._documents,
            read=(*known, *read),
            answers=(*said, *answers),
            **_rests_on(target, take),
        )
        ignore = [*self.ignore, *_ignored_in(target, self.settings)]
        report: Report = lazy.rule_registry.check(take, context, select=self.select, ignore=ignore)
        return report

    def decided(self, target: CheckTarget, report: Report) -> Report:
        """The report with what people decided about a draft's claims, so that they are counted as at the desk.

        Only to be shown: a stored report says what software found, as a decision can be undone.
        """
        store, draft = self.workspace.store, target.draft
        if store is None or draft is None or draft.review is None:
            return report
        acts = tuple(store.desk.acts(draft.id))
        decided: Report = lazy.review_views.decided_report(report, target.take, acts)
        return decided

    def articles(self, target: CheckTarget) -> tuple[Related, ...]:
        """Every article that is evidence for a target's take, with its text where that is here."""
        context = lazy.base.CheckContext(
            target.source, target.related, self.settings, self.workspace.archive, listed=target.listed
        )
        articles: tuple[Related, ...] = lazy.base.Case(target.take, context).articles
        return articles

    def show(self, target: CheckTarget, report: Report) -> None:
        """Print a report in the chosen format, with people's decisions, or keep it for the end."""
        report = self.decided(target, report)
        if self.form == "json":
            print(json_line(target, report))
        elif self.form == "sarif":
            self._sarif = self._sarif or lazy.findings_sarif.SarifLog()
            self._sarif.add(report, layout=target.layout())
        elif self.form == "github":
            emit(lazy.findings_github.report_github(report, layout=target.layout()), wrap=False)
        elif self.statistics:
            self._statistics.update(finding.code for finding in report.findings)
        else:
            self._look = self._look or terminal_look()
            text = lazy.findings_text.report_text(report, layout=target.layout(), look=self._look)
            print(fitted(text, sys.stdout, hang=4))

    def end(self) -> None:
        """Print what was kept."""
        if self.form == "sarif":
            log = (self._sarif or lazy.findings_sarif.SarifLog()).log()
            print(json.dumps(log, indent=2 if sys.stdout.isatty() else None))
        elif self.statistics:
            emit("\n".join(self._counted()) or "No findings.")

    def _counted(self) -> list[str]:
        """The rules that found something, with how often, the most frequent first."""
        rules = lazy.rule_registry.RULES
        rows = sorted(self._statistics.items(), key=lambda row: (-row[1], row[0]))
        return [
            f"{count:>6}  {code}  {'[*] ' if code in rules and rules[code].safe_fix else '    '}"
            f"{rules[code].name if code in rules else ''}".rstrip()
            for code, count in rows
        ]


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


def _read_in(target: CheckTarget, take: Take) -> tuple[Sequence[ReadFinding], Sequence[ReadAnswer]]:
    """What a second reading found in the draft's revision and said of its claims, while the take is as it was read."""
    revision = target.draft.standing() if target.draft is not None else None
    if revision is None or revision.take != take:
        return (), ()
    return lazy.readings.findings_of(revision), lazy.readings.answers_of(revision)


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


def _ignored_in(target: CheckTarget, settings: Settings) -> list[str]:
    """The rules that don't run on a target's file, by the patterns of the settings."""
    patterns = settings.checks.per_file_ignores
    if target.path is None or not patterns:
        return []
    path, folder = target.path.resolve(), settings.folder.resolve()
    shown = path.relative_to(folder) if path.is_relative_to(folder) else path
    return [code for pattern, codes in patterns.items() if _fits(shown, pattern) for code in codes]


def _fits(path: Path, pattern: str) -> bool:
    """Whether a path fits a pattern, in which ** stands for any folders and * for any part of a name."""
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    expression = re.sub(r"\*\*/|\*\*|\*|\?|[^*?]+", lambda match: parts.get(match[0]) or re.escape(match[0]), pattern)
    return re.fullmatch(expression, path.as_posix()) is not None
