"""Links between articles. A link counts when there is an article at its address."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from ourtake.store.dialect import in_list, join_in_order, json_text, run


class Tally(NamedTuple):
    """Counts over all links.

    `most`: (title, links to it). `broken`: (address of the article, target without an article).
    """

    linking: int
    links: int
    orphans: int
    most: tuple[tuple[str, int], ...]
    broken: tuple[tuple[str, str], ...]


_OUT = """
SELECT one.id, other.id FROM articles AS one JOIN links ON links.article = one.number
JOIN articles AS other ON other.canonical_url = links.target
WHERE one.id IN {among} ORDER BY one.id, other.number
"""


def out_of(connection: Connection, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The articles that each article links to, by id; one without links is left out."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for id_, target in run(connection, _OUT.format(among=in_list(connection)), (json.dumps(list(ids)),)).fetchall():
        found[id_].append(target)
    return {id_: tuple(targets) for id_, targets in found.items()}


_LINKED = "links JOIN articles ON articles.canonical_url = links.target"


def tally(connection: Connection, *, articles: int, most: int = 5) -> Tally:
    """The counts of `archive stats`, of so many articles. Read from indexes: a pass over the articles themselves would
    read the whole store.
    """
    linking, made = run(connection, "SELECT count(DISTINCT article), count(*) FROM links").one()
    (linked,) = run(connection, f"SELECT count(DISTINCT target) FROM {_LINKED}").one()
    title = json_text(connection, "document", "title")
    top = run(
        connection,
        f"SELECT {title}, made FROM (SELECT target, count(*) AS made FROM {_LINKED} GROUP BY target ORDER BY "
        "made DESC, target LIMIT ?) AS counted JOIN articles ON canonical_url = target ORDER BY made DESC, target",
        (most,),
    )
    joined = f"links {join_in_order(connection)} articles AS one ON one.number = links.article"
    broken = run(
        connection,
        f"SELECT one.canonical_url, links.target FROM {joined} WHERE NOT EXISTS (SELECT 1 FROM articles AS other WHERE "
        "other.canonical_url = links.target) ORDER BY links.article, links.target",
    )
    return Tally(
        linking,
        made,
        articles - linked,
        tuple((row[0], row[1]) for row in top),
        tuple((row[0], row[1]) for row in broken),
    )
