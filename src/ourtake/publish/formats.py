"""The formats in which a draft leaves, in one table.

A new format is one file and one row, here or in an outside package (entry point group `ourtake.exports`).
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from ourtake import plugins
from ourtake.documents import Draft
from ourtake.errors import InputError, OurtakeError
from ourtake.publish.piece import ExportContext


class ExportFormat(NamedTuple):
    """One format.

    `write` is "module:function", called with a Draft and an ExportContext (publish/piece.py), which returns the text of
    the file; it is imported when it is used. `help` is one line. `package` is the outside package that brings it.
    `connect` is "module:function" for a format that can be published: called with a PublishSite, it returns a Cms
    (publish/cms.py).
    """

    name: str
    suffix: str
    help: str
    write: str
    package: str = ""
    connect: str = ""


_OURS = "ourtake.publish"
FORMATS = {
    row.name: row
    for row in (
        ExportFormat("markdown", ".md", "The take with YAML front matter; check reads it.", f"{_OURS}.markdown:render"),
        ExportFormat("html", ".html", "A whole web page.", f"{_OURS}.html:render"),
        ExportFormat("html-fragment", ".html", "The article element alone.", f"{_OURS}.html:render_fragment"),
        ExportFormat("json", ".json", "The whole draft: every revision and its report.", f"{_OURS}.json:render"),
        ExportFormat("jsonld", ".jsonld", "schema.org's OpinionNewsArticle.", f"{_OURS}.jsonld:render"),
        ExportFormat("ninjs", ".json", "IPTC's ninjs 3.1, for agencies and newsroom systems.", f"{_OURS}.ninjs:render"),
        ExportFormat(
            "wordpress",
            ".json",
            "A WordPress post; without -o it is published.",
            f"{_OURS}.wordpress:render",
            connect=f"{_OURS}.wordpress:connect",
        ),
        ExportFormat(
            "ghost",
            ".json",
            "A Ghost post; without -o it is published.",
            f"{_OURS}.ghost:render",
            connect=f"{_OURS}.ghost:connect",
        ),
    )
}


@functools.cache
def formats() -> dict[str, ExportFormat]:
    """All formats by name, those of outside packages last."""
    return FORMATS | plugins.rows_of(plugins.EXPORTS, ExportFormat, FORMATS, key="name", fault=_fault)


def _fault(row: ExportFormat) -> str:
    wrong = plugins.faults_of_types(row, dict.fromkeys(("name", "suffix", "help", "write"), str))
    if not wrong and not re.fullmatch(r"[a-z][a-z0-9-]*", row.name):
        return f"{row.name!r} is not a name of lower-case letters, digits and -"
    return wrong


def format_named(name: str) -> ExportFormat:
    """The format of a name. Raises InputError, naming those there are."""
    found = FORMATS.get(name) or formats().get(name)
    if found is None:
        raise InputError(f"There is no export format {name}.", f"Formats: {', '.join(formats())}.")
    return found


def exported(draft: Draft, row: ExportFormat, context: ExportContext) -> str:
    """The draft in a format. Raises InputError for a draft without a take, and where an outside package fails."""
    try:
        text = plugins.imported(row.write)(draft, context)
        if not isinstance(text, str):
            raise TypeError(f"{row.write} returned a {type(text).__name__}, not a text")
    except OurtakeError:
        raise
    except Exception as error:
        if not row.package:
            raise
        what = f"The export format {row.name} of the package {row.package} failed: {plugins.in_short(error)}."
        raise InputError(what, f"Update {row.package}, or choose another format.") from error
    return text
