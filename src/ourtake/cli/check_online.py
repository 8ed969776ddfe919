"""`ourtake check --online`: what is behind the links of the takes.

Results are kept in the store and reused until they are too old.
"""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.terminal import progress
from ourtake.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ourtake.cli.check_run import CheckRun
    from ourtake.cli.check_targets import CheckTarget
    from ourtake.documents import LinkCheck

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def seconds_of(age: str) -> float:
    """An age such as 30m, 12h or 7d, in seconds. Raises InputError."""
    match = re.fullmatch(r"(\d{1,6})\s*([smhdw]?)", age.strip().lower())
    if match is None:
        raise InputError(f"{age!r} is not an age.", "Write it as 30m, 12h or 7d; 0 checks every link again.")
    return int(match[1]) * _UNITS[match[2]]


def check_links_of(targets: Iterable[CheckTarget], run: CheckRun, *, max_age: float) -> dict[str, LinkCheck]:
    """What is behind the web addresses of the takes, by canonical address.

    Checks younger than `max_age` seconds are taken from the store.
    """
    titles: dict[str, str] = {}
    store = run.workspace.store
    for target in targets:
        context = lazy.base.CheckContext(target.source, target.related, run.settings, run.workspace.archive)
        for url, title in lazy.online.addresses(lazy.base.Case(target.take, context)).items():
            titles[url] = titles.get(url) or title
    stored = store.link_checks(list(titles)) if store else []
    known = {check.url: check for check in stored if _is_fresh(check, max_age)}
    missing = [lazy.link_checker.LinkTarget(url, title) for url, title in titles.items() if url not in known]
    if missing:
        with progress(len(missing), "Checking links") as count:
            found = lazy.link_checker.check_links(missing, run.settings.intake, done=count)
        if store and not store.only_read:
            store.save_link_checks(found)
        known |= {check.url: check for check in found}
    return {lazy.words.canonical_url(url): known[url] for url in titles}


def _is_fresh(check: LinkCheck, max_age: float) -> bool:
    # What could not be checked is worth another try each time.
    if check.status == "could-not-check" or not check.checked:
        return False
    age = datetime.datetime.now(datetime.UTC) - datetime.datetime.fromisoformat(check.checked)
    return 0 <= age.total_seconds() < max_age
