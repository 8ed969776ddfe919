"""`ourtake check --online`: looks behind the addresses of the takes; what was found is kept in the store and used again
until it is too old.
"""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from ourtake.cli.common import progress
from ourtake.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ourtake.cli.check_targets import CheckTarget, Workspace
    from ourtake.config import Settings
    from ourtake.documents import LinkCheck

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def seconds_of(age: str) -> float:
    """An age such as 30m, 12h, 7d in seconds. Raises InputError."""
    match = re.fullmatch(r"(\d{1,6})\s*([smhdw]?)", age.strip().lower())
    if match is None:
        raise InputError(f"{age!r} is no age.", "Write it as 30m, 12h or 7d; 0 looks at every link anew.")
    return int(match[1]) * _UNITS[match[2]]


def look(cases: Iterable[CheckTarget], *, shelf: Workspace, settings: Settings, max_age: float) -> dict[str, LinkCheck]:
    """What is behind the web addresses of the takes, by canonical_url; looks younger than `max_age` seconds are taken
    from the store.
    """
    from ourtake.checks.base import Case, CheckContext
    from ourtake.checks.links.online import addresses
    from ourtake.intake.link_checker import Wanted, check_links
    from ourtake.text.words import canonical_url

    wanted: dict[str, str] = {}
    for given in cases:
        case = Case(given.take, CheckContext(given.source, given.related, settings, shelf.archive))
        for url, title in addresses(case).items():
            wanted[url] = wanted.get(url) or title
    known = (
        {check.url: check for check in shelf.store.link_checks(list(wanted)) if _fresh(check, max_age)}
        if shelf.store
        else {}
    )
    missing = [Wanted(url, title) for url, title in wanted.items() if url not in known]
    if missing:
        with progress(len(missing), "Looking at links") as bar:
            found = check_links(missing, settings.intake, done=bar.advance)
        if shelf.store and not shelf.store.only_read:
            shelf.store.save_link_checks(found)
        known |= {check.url: check for check in found}
    return {canonical_url(url): known[url] for url in wanted}


def _fresh(check: LinkCheck, max_age: float) -> bool:
    # What could not be checked is worth another try each time.
    if check.status == "could-not-check" or not check.checked:
        return False
    age = datetime.datetime.now(datetime.UTC) - datetime.datetime.fromisoformat(check.checked)
    return 0 <= age.total_seconds() < max_age
