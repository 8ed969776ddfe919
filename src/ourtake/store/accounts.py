"""People who may log in to the desk in a browser, and their logins. Of passwords and tokens only hashes are here."""

from __future__ import annotations

from typing import Literal, NamedTuple

from sqlalchemy import delete, func, select, update

from ourtake.store.database import Part
from ourtake.store.dialect import put, upsert
from ourtake.store.tables import logins, people

Role = Literal["writer", "editor", "admin"]
ROLES: tuple[Role, ...] = ("writer", "editor", "admin")
"""What somebody may do; each role may do what those before it may."""


class Person(NamedTuple):
    """Somebody who may log in."""

    name: str
    role: Role
    secret: str


class AccountStore(Part):
    """The accounts of one store."""

    def people(self) -> list[Person]:
        """Everybody, by name."""
        with self._reading() as connection:
            return [Person(*row) for row in connection.execute(select(people).order_by(people.c.name))]

    def person(self, name: str) -> Person | None:
        """The person of that name."""
        with self._reading() as connection:
            row = connection.execute(select(people).where(people.c.name == name)).first()
            return None if row is None else Person(*row)

    def add(self, person: Person) -> bool:
        """Add a person, or change role and password; that ends the person's logins. Whether the person is new."""
        with self._writing() as connection:
            known = connection.execute(select(func.count()).where(people.c.name == person.name)).scalar_one()
            put(connection, people, [person._asdict()])
            connection.execute(delete(logins).where(logins.c.name == person.name))
            return not known

    def remove(self, name: str) -> bool:
        """Remove a person and end their logins; whether there was one."""
        with self._writing() as connection:
            connection.execute(delete(logins).where(logins.c.name == name))
            return bool(connection.execute(delete(people).where(people.c.name == name)).rowcount)

    def begin_login(self, token: str, name: str, now: float) -> None:
        """Keep a login."""
        with self._writing() as connection:
            connection.execute(upsert(connection, logins).values(token=token, name=name, began=now, seen=now))

    def login(self, token: str, *, began_after: float, seen_after: float) -> tuple[Person, float] | None:
        """Who holds that token and when they were last seen; None for one that is unknown or too old."""
        with self._reading() as connection:
            row = connection.execute(
                select(people, logins.c.seen)
                .join(logins, logins.c.name == people.c.name)
                .where(logins.c.token == token, logins.c.began > began_after, logins.c.seen > seen_after)
            ).first()
            return None if row is None else (Person(*row[:3]), row[3])

    def saw(self, token: str, now: float) -> None:
        """Write down that the holder of a token was there."""
        with self._writing() as connection:
            connection.execute(update(logins).where(logins.c.token == token).values(seen=now))

    def end_login(self, token: str) -> None:
        """End a login."""
        with self._writing() as connection:
            connection.execute(delete(logins).where(logins.c.token == token))
