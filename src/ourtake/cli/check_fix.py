"""`ourtake check --fix` and `--diff`: safe fixes, shown as a diff, then written to the file or to a new revision."""

from __future__ import annotations

import difflib
import sys
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.terminal import columns, printable, say, terminal_look
from ourtake.cli.word_diff import AROUND, diff_lines

if TYPE_CHECKING:
    from ourtake.checks.fixes import Fixed
    from ourtake.cli.check_run import CheckRun
    from ourtake.cli.check_targets import CheckTarget
    from ourtake.documents import Draft, FieldName, Report

BY = "ourtake check --fix"
_INDENT = "  "


def fix_take(target: CheckTarget, report: Report, run: CheckRun, *, write: bool) -> tuple[CheckTarget, Report]:
    """The take after its safe fixes, with its report. They are shown first, and kept only where `write` says so."""
    safe = {code for code, rule in lazy.rule_registry.RULES.items() if rule.safe_fix}
    fixed = lazy.fixes.apply_fixes(target.take, report, check=lambda take: run.report(target, take), safe=safe)
    if not fixed.done:
        return target, report
    kept = (_in_file if target.opened is not None else _in_draft)(target, fixed, run, write=write)
    return kept or (target, report)


def _in_file(target: CheckTarget, fixed: Fixed, run: CheckRun, *, write: bool) -> tuple[CheckTarget, Report] | None:
    """What was written; None where nothing was."""
    assert target.opened is not None
    before = target.opened.text
    text, left = lazy.fixed_file.fixed_text(target.name, before, old=target.take, new=fixed.take)
    take, report = fixed.take, fixed.report
    if left:
        say(f"{target.name}: {', '.join(left)} could not be fixed in place. Fix it by hand.")
        take = take.model_copy(update={field: getattr(target.take, field) for field in left})
        report = run.report(target, take)
    _show_diff(before, text, target.name, run)
    if not write or text == before or target.path is None:
        return None
    lazy.fixed_file.write(target.path, target.opened, text)
    say(f"{target.name}: fixed {_codes(fixed)}.")
    return target._replace(take=take, opened=lazy.fixed_file.open_take(target.path)), report


def _in_draft(target: CheckTarget, fixed: Fixed, run: CheckRun, *, write: bool) -> tuple[CheckTarget, Report] | None:
    """What was stored; None where nothing was."""
    draft, store = target.draft, run.workspace.store
    assert draft is not None and store is not None  # the command fixes no batch
    fields: tuple[FieldName, ...] = ("headline", "summary", "body")
    for field in fields:
        name = f"draft {draft.id} {field}"
        _show_diff(getattr(target.take, field), getattr(fixed.take, field), name, run)
    if not write:
        return None
    kept = _revised(draft, fixed)
    lazy.asyncio.run(store.save_draft(kept))
    say(f"Draft {draft.id}: fixed {_codes(fixed)}; revision {kept.chosen} is now the current one.")
    return target._replace(take=fixed.take, draft=kept), fixed.report


def _revised(draft: Draft, fixed: Fixed) -> Draft:
    """The draft with the fixed take as its newest revision, which is then the current one."""
    number = max(revision.number for revision in draft.revisions) + 1
    revision = lazy.documents.Revision(
        number=number,
        take=fixed.take,
        by=BY,
        report=fixed.report,
        created=lazy.values.utc_now(),
        note=f"fixed {_codes(fixed)}",
    )
    changed: dict[str, object] = {"revisions": (*draft.revisions, revision), "chosen": number}
    # Only the statuses that say what the checks found follow them; an editor's word on the draft is not ours to change.
    if draft.status in ("ready", "needs-work"):
        changed["status"] = "ready" if fixed.report.verdict == "pass" else "needs-work"
    return draft.model_copy(update=changed)


def _codes(fixed: Fixed) -> str:
    return ", ".join(dict.fromkeys(finding.code for finding in fixed.done))


def _show_diff(before: str, after: str, name: str, run: CheckRun) -> None:
    """The changes word by word, each under the place of its first line, on standard output; on standard error where
    standard output is for a program.
    """
    out = sys.stdout if run.form == "text" else sys.stderr
    colour = run.form == "text" and terminal_look().colour
    ours, theirs = before.splitlines(), after.splitlines()
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        parts = lazy.review_diff.segments("\n".join(ours[i1:i2]), "\n".join(theirs[j1:j2]))
        print(printable(f"{name}:{i1 + 1}"), file=out)
        for line in diff_lines(parts, width=columns() - len(_INDENT), colour=colour, around=AROUND):
            print(f"{_INDENT}{line}", file=out)
