"""`ourtake check --fix` and `--diff`: the mends that are safe, shown as a diff, and put into the file or kept as a
draft's new revision.
"""

from __future__ import annotations

import asyncio
import datetime
import difflib
import sys
from typing import TYPE_CHECKING

from ourtake.cli.common import plain, say
from ourtake.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ourtake.checks.apply_fixes import Fixed
    from ourtake.cli.check_targets import CheckTarget, Workspace
    from ourtake.documents import Draft, FieldName, Report, Take

BY = "ourtake check --fix"


def mend_given(
    given: CheckTarget, report: Report, *, check: Callable[[Take], Report], shelf: Workspace, write: bool, quiet: bool
) -> tuple[CheckTarget, Report]:
    """The take after its safe mends, with its report; shown first, and kept where `write` says so. `quiet`: the diff
    goes to standard error.
    """
    from ourtake.checks.apply_fixes import apply_fixes

    mended = apply_fixes(given.take, report, check=check)
    if not mended.done:
        return given, report
    return (_in_file if given.opened is not None else _in_draft)(
        given, report, mended, check=check, shelf=shelf, write=write, quiet=quiet
    )


def _in_file(
    given: CheckTarget,
    report: Report,
    mended: Fixed,
    *,
    check: Callable[[Take], Report],
    shelf: Workspace,
    write: bool,
    quiet: bool,
) -> tuple[CheckTarget, Report]:
    from ourtake.publish.fixed_file import fixed_text, open_take
    from ourtake.publish.fixed_file import write as put

    assert given.opened is not None and given.path is not None
    text, left = fixed_text(given.name, given.opened.text, old=given.take, new=mended.take)
    take, after = mended.take, mended.report
    if left:
        say(f"{given.name}: {_words(left)} could not be mended in place. Mend it by hand.")
        take = take.model_copy(update={field: getattr(given.take, field) for field in left})
        after = check(take)
    _show(given.opened.text, text, given.name, quiet=quiet)
    if not write or text == given.opened.text:
        return given, report
    put(given.path, given.opened, text)
    say(f"{given.name}: mended {_codes(mended)}.")
    return given._replace(take=take, opened=open_take(given.path)), after


def _in_draft(
    given: CheckTarget,
    report: Report,
    mended: Fixed,
    *,
    check: Callable[[Take], Report],
    shelf: Workspace,
    write: bool,
    quiet: bool,
) -> tuple[CheckTarget, Report]:
    draft = given.draft
    if draft is None or shelf.store is None:
        raise InputError("A batch is not mended.", "Mend its takes as files or drafts.")
    fields: tuple[FieldName, ...] = ("headline", "summary", "body")
    for field in fields:
        _show(getattr(given.take, field), getattr(mended.take, field), f"draft {draft.id} {field}", quiet=quiet)
    if not write:
        return given, report
    kept = revised(draft, mended)
    asyncio.run(shelf.store.save_draft(kept))
    say(f"Draft {draft.id}: mended {_codes(mended)}; revision {kept.chosen} stands now.")
    return given._replace(take=mended.take, draft=kept), mended.report


def revised(draft: Draft, mended: Fixed) -> Draft:
    """The draft with the mended take as its newest revision, which stands."""
    from ourtake.documents import Revision

    number = max(revision.number for revision in draft.revisions) + 1
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    note = f"mended {_codes(mended)}"
    revision = Revision(number=number, take=mended.take, by=BY, report=mended.report, created=now, note=note)
    status = "ready" if mended.report.verdict == "pass" else "needs-work"
    changed = {"revisions": (*draft.revisions, revision), "chosen": number}
    # Only the statuses that say what the checks found follow them; an editor's word on the draft is not ours to change.
    return draft.model_copy(update=changed | ({"status": status} if draft.status in ("ready", "needs-work") else {}))


def _codes(mended: Fixed) -> str:
    return _words(list(dict.fromkeys(finding.code for finding in mended.done)))


def _words(names: list[str] | list[FieldName]) -> str:
    return ", ".join(names)


def _show(before: str, after: str, name: str, *, quiet: bool) -> None:
    """A unified diff, on standard output or (where that is for a program) standard error."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), name, f"{name} (mended)", lineterm="", n=1)
    for line in lines:
        print(plain(line), file=sys.stderr if quiet else sys.stdout)
