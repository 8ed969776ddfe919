"""The people of a desk that other machines reach: passwords, sessions, throttling, roles."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ourtake.errors import InputError
from ourtake.store.accounts import ROLES, AccountStore, Person, Role

IDLE_SECONDS = 12 * 3600
"""A session ends after this long without activity, and at the latest after LONGEST_SECONDS."""
LONGEST_SECONDS = 7 * 24 * 3600
SHORTEST_PASSWORD = 12
TRIES, TRIES_SECONDS = 5, 300
"""After this many wrong passwords in this many seconds, for a name or from an address, nobody is let in for a while."""
_SEEN_EVERY = 60
_BY_EDITORS = frozenset(("sign", "stand", "reject", "kill", "reopen", "publish"))
"""Acts that need an editor, by the last part of their address; all others may be done by a writer."""


def hashed(password: str) -> str:
    """The Argon2 hash of a password. Raises InputError for one that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise InputError(f"The password has fewer than {SHORTEST_PASSWORD} characters.", "Choose a longer one.")
    return PasswordHasher().hash(password)


class Throttle:
    """Counts wrong passwords, by name and by address."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._failures: dict[str, deque[float]] = {}

    def wait(self, *keys: str) -> float:
        """Seconds until these may try again; 0 if they may now."""
        with self._lock:
            return max(self._wait(key) for key in keys)

    def _wait(self, key: str) -> float:
        failures, now = self._failures.get(key, deque()), self._now()
        while failures and now - failures[0] > TRIES_SECONDS:
            failures.popleft()
        if not failures:
            self._failures.pop(key, None)
        return failures[0] + TRIES_SECONDS - now if len(failures) >= TRIES else 0.0

    def failed(self, *keys: str) -> None:
        """Somebody tried a wrong password."""
        with self._lock:
            for key in keys:
                self._failures.setdefault(key, deque(maxlen=TRIES)).append(self._now())


class Accounts:
    """The people of a desk and their sessions."""

    def __init__(self, store: AccountStore, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._now = now
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_urlsafe())
        self.throttle = Throttle()

    def log_in(self, name: str, password: str, address: str) -> str:
        """The token of a new session. Raises InputError for a wrong name or password, not saying which."""
        keys = (f"name {name}", f"address {address}")
        if self.throttle.wait(*keys):
            raise InputError("Too many wrong passwords.", f"Wait {TRIES_SECONDS // 60} minutes, then try again.")
        person = self._store.person(name)
        # Unknown names take as long as wrong passwords.
        if not self._right(person.secret if person else self._nobody, password) or person is None:
            self.throttle.failed(*keys)
            raise InputError("The name or the password is wrong.", "Try again, or ask whoever set up the desk.")
        token = secrets.token_urlsafe(32)
        self._store.begin_login(_digest(token), person.name, self._now())
        return token

    def _right(self, secret: str, password: str) -> bool:
        try:
            return self._hasher.verify(secret, password)
        except (VerificationError, InvalidHashError):
            return False

    def holder(self, token: str) -> Person | None:
        """Whose session it is; None for one that has ended."""
        now, digest = self._now(), _digest(token)
        found = self._store.login(digest, began_after=now - LONGEST_SECONDS, seen_after=now - IDLE_SECONDS)
        if found is None:
            return None
        if now - found[1] > _SEEN_EVERY:
            self._store.saw(digest, now)
        return found[0]

    def log_out(self, token: str) -> None:
        """End a session."""
        self._store.end_login(_digest(token))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def may(role: Role, act: str) -> bool:
    """Whether somebody of that role may do that act."""
    return act not in _BY_EDITORS or ROLES.index(role) >= ROLES.index("editor")
