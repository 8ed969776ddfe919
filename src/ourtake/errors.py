"""What can go wrong, as one tree. Each error says what happened and what to do; the command line prints just that.

OurtakeError |-- InputError            exit 2   a file, an address, a value that we were given |   |-- ConfigError
exit 2   ourtake.toml, the environment |   |-- NotPublished      exit 2   what is not a published article: a draft, a
redirect, a paywalled stub |   |-- FetchError        exit 2   an address that somebody wrote: refused, not there, too
large, too slow |   |   `-- HostClosed    exit 2   its host is left alone for the rest of this run |   `-- StoreError
exit 2   the database: missing, not ours, newer than this program, not writable |-- ProviderError         exit 3   a
model provider's call failed |   |-- TransientError             may succeed if asked again: connection, 408, 409, 429,
5xx, 529 |   |-- PermanentError             can't succeed by asking again: key, model, quota, bad request |   `--
AnswerError                the provider answered, but not with a whole reply: cut off, refused, empty, not a reply |
`-- UnknownCallError       it was asked before, and nobody knows whether it answered: not asked again without the
person's word |-- LimitError            exit 4   a limit of the user's own was reached `-- ProcessLost           exit 1
a process that worked beside this one is gone; whoever asked it does the work itself
"""

from __future__ import annotations


class OurtakeError(Exception):
    """Something to tell the person at the keyboard: `what` happened, and what to `do` about it."""

    exit_code = 1

    def __init__(self, what: str, do: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.do = do

    def __str__(self) -> str:
        return f"{self.what} {self.do}".strip()


class InputError(OurtakeError):
    """Wrong use, or input that can't be read."""

    exit_code = 2


class ConfigError(InputError):
    """ourtake.toml or the environment says something that can't be followed."""


class NotPublished(InputError):
    """What was read is not a published article, and is left out on purpose."""


class FetchError(InputError):
    """An address can't or may not be read. `passing`: it may be read later; `retry_after`: the wait in seconds that its
    server asked for.
    """

    def __init__(
        self,
        what: str,
        do: str = "",
        *,
        passing: bool = False,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(what, do)
        self.passing = passing
        self.status = status
        self.retry_after = retry_after


class HostClosed(FetchError):
    """A host is left alone for the rest of this run: it asked for a long rest, or it is dead. The page was not asked
    for.
    """


class StoreError(InputError):
    """The store can't be opened, read or written."""


class ProviderError(OurtakeError):
    """A model provider failed; nothing that it sent is ever taken for a take."""

    exit_code = 3


class TransientError(ProviderError):
    """A failure that may pass. `retry_after` is the wait in seconds that the provider asked for, when it did."""

    def __init__(self, what: str, do: str = "", *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(what, do)
        self.status = status
        self.retry_after = retry_after


class PermanentError(ProviderError):
    """A failure that asking again can't mend. `quota`: the account is empty, so that another provider may still answer.
    `lasting`: the same for every request of the run (the key, the model, the account), so that no further one needs to
    be sent. `named`: the provider's words say which of the known faults it is, so that nothing about the request itself
    need be tried otherwise.
    """

    def __init__(
        self,
        what: str,
        do: str = "",
        *,
        status: int | None = None,
        quota: bool = False,
        lasting: bool = False,
        named: bool = True,
    ) -> None:
        super().__init__(what, do)
        self.status = status
        self.quota = quota
        self.lasting = lasting or quota
        self.named = named


class AnswerError(ProviderError):
    """The provider answered, but not with a whole reply; `status` is one of the Reply's statuses."""

    def __init__(self, what: str, do: str = "", *, status: str) -> None:
        super().__init__(what, do)
        self.status = status


class UnknownCallError(AnswerError):
    """The same call was under way when an earlier run ended; it may have been billed."""

    def __init__(self, what: str, do: str = "") -> None:
        super().__init__(what, do, status="unknown")


class LimitError(OurtakeError):
    """A limit of the user's own (cost, calls) was reached."""

    exit_code = 4


class ProcessLost(OurtakeError):
    """A process that worked beside this one ended (killed, out of memory) before it answered."""
