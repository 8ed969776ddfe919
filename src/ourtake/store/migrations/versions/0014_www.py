"""An address with "www." and the same one without are one: the stored forms of addresses lose it.

Where both are stored, both stay: nothing is lost. Such a pair becomes one when the article is imported again.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_PREFIX = "https://www."
_COLUMNS = (("articles", "canonical_url"), ("watch_items", "url"))


def upgrade() -> None:
    """Rewrite the addresses by which articles, links and entries of feeds are found."""
    connection = op.get_bind()
    for table, column in _COLUMNS:
        short = f"'https://' || substr({table}.{column}, {len(_PREFIX) + 1})"
        connection.exec_driver_sql(
            f"UPDATE {table} SET {column} = {short} WHERE substr({column}, 1, {len(_PREFIX)}) = '{_PREFIX}' "
            f"AND NOT EXISTS (SELECT 1 FROM {table} AS other WHERE other.{column} = {short})"
        )
    short, long = (
        f"substr(links.target, 1, {len(_PREFIX)})",
        f"'https://' || substr(links.target, {len(_PREFIX) + 1})",
    )
    connection.exec_driver_sql(
        f"DELETE FROM links WHERE {short} = '{_PREFIX}' AND EXISTS "
        f"(SELECT 1 FROM links AS other WHERE other.article = links.article AND other.target = {long})"
    )
    connection.exec_driver_sql(f"UPDATE links SET target = {long} WHERE {short} = '{_PREFIX}'")
