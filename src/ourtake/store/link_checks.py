"""What was found behind links: the newest check of each address."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from ourtake.documents import LinkCheck
from ourtake.store.dialect import upsert
from ourtake.store.tables import link_checks

_AT_ONCE = 500


def save(connection: Connection, checks: Sequence[LinkCheck]) -> None:
    """Save these checks; the newest replaces earlier ones of an address."""
    for check in checks:
        document = check.model_dump_json()
        statement = upsert(connection, link_checks).values(url=check.url, document=document)
        connection.execute(statement.on_conflict_do_update(index_elements=["url"], set_={"document": document}))


def known(connection: Connection, urls: Sequence[str]) -> list[LinkCheck]:
    """The checks of these addresses, where there are any."""
    found = []
    for first in range(0, len(urls), _AT_ONCE):
        rows = connection.execute(
            select(link_checks.c.document).where(link_checks.c.url.in_(urls[first : first + _AT_ONCE]))
        )
        found += [LinkCheck.model_validate_json(row.document) for row in rows]
    return found
