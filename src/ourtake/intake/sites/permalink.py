"""Patterns of addresses, "/:categories/:year/:month/:title.html", and the names in them."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from ourtake.intake.dates import read_date
from ourtake.text.dates import DAYS, MONTHS

_TOKEN = re.compile(r":([a-zA-Z_]+)")


def dates(moment: datetime.datetime | None) -> dict[str, str]:
    """The names that a date fills, as Jekyll and Hugo write them; none without a date."""
    if moment is None:
        return {}
    week = moment.isocalendar()
    return {
        "year": f"{moment.year:04d}",
        "short_year": f"{moment.year % 100:02d}",
        "month": f"{moment.month:02d}",
        "i_month": str(moment.month),
        "short_month": MONTHS[moment.month - 1][:3],
        "long_month": MONTHS[moment.month - 1],
        "day": f"{moment.day:02d}",
        "i_day": str(moment.day),
        "y_day": f"{moment.timetuple().tm_yday:03d}",
        "w_year": str(week.year),
        "week": f"{week.week:02d}",
        "w_day": str(week.weekday),
        "short_day": DAYS[moment.weekday()][:3],
        "long_day": DAYS[moment.weekday()],
        "hour": f"{moment.hour:02d}",
        "minute": f"{moment.minute:02d}",
        "second": f"{moment.second:02d}",
    }


def filled(pattern: str, values: Mapping[str, str] | Callable[[str], str | None]) -> str | None:
    """The path that a pattern gives; None if it names something that is not known.

    The longest known name counts: ":title_x" is the title and "_x" where there is no title_x.
    """
    missing: list[str] = []
    look = values.get if isinstance(values, Mapping) else values

    def value(match: re.Match[str]) -> str:
        name = match[1]
        for end in range(len(name), 0, -1):
            found = look(name[:end])
            if found is not None:
                return found + name[end:]
        missing.append(name)
        return ""

    path = _TOKEN.sub(value, pattern)
    return None if missing else re.sub(r"/{2,}", "/", path)


def slug_of(text: str, *, keep: str = "", ascii_only: bool = False, lower: bool = True) -> str:
    """A text as a name in an address: letters and digits of any script, everything else but `keep` a hyphen."""
    if ascii_only:
        text = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
        text = text.encode("ascii", "ignore").decode()
    text = _hyphened(text, keep)
    return text.lower() if lower else text


def _hyphened(text: str, keep: str) -> str:
    kept = [one if one.isalnum() or unicodedata.combining(one) or one in keep else "-" for one in text]
    return re.sub(r"-{2,}", "-", "".join(kept)).strip("-")


def urlized(text: str) -> str:
    """A text as Hugo makes a path of it: lower case, spaces as hyphens, only letters, digits and a few signs."""
    text = re.sub(r"\s+", "-", text.strip().lower())
    return re.sub(
        r"-{2,}", "-", "".join(one for one in text if one.isalnum() or unicodedata.combining(one) or one in "._/\\-+~@")
    )


def github_slug(text: str) -> str:
    """A text as Astro makes a slug of it (the rule of GitHub's headings): punctuation goes, spaces are hyphens."""
    return "".join(
        one
        for one in text.strip().lower().replace(" ", "-")
        if one.isalnum() or one in "-_" or unicodedata.combining(one)
    )


def export_values(*, slug: str, title: str, date: object, tags: Iterable[str] = (), **more: str) -> dict[str, str]:
    """What a pattern may name of a post of an export: the parts of its date, its slug (by default made from the title),
    its first category, and `more`.
    """
    found = read_date(date)
    moment = datetime.datetime.fromisoformat(found) if found else None
    made = slug_of(title, ascii_only=True)
    category = next((slug_of(tag) for tag in tags), "")
    return (
        dates(moment)
        | {"slug": slug or made, "name": slug or made, "title": made, "category": category, "categories": category}
        | more
    )


def export_address(pattern: str, site: str, values: Mapping[str, str]) -> str | None:
    """The address by a pattern; None if it names something that the post lacks."""
    path = filled(pattern, values)
    return None if path is None or not path.strip("/") else f"{site.rstrip('/')}/{path.lstrip('/')}"
