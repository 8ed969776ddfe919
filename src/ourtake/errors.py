"""The tree of errors. Each says what happened and what to do, and the command line prints just that.

OurtakeError
|-- InputError              exit 2  a file, an address or a value from the user
|   |-- ConfigError         exit 2  ourtake.toml or the environment
|   |-- NotPublished        exit 2  not a published article: a draft, a redirect, a paywalled stub
|   |-- FetchError          exit 2  an address that somebody wrote: refused, not found, too large, too slow
|   |   `-- HostClosed      exit 2  the host is not asked again in this run
|   |-- PublishError        exit 2  a content management system refused, failed, or holds another text
|   `-- StoreError          exit 2  the database: missing, not ours, too new, not writable
|-- ProviderError           exit 3  a call to a model provider failed
|   |-- TransientError              may succeed if repeated: connection, 408, 409, 429, 5xx, 529
|   |-- PermanentError              can't succeed if repeated: key, model, quota, bad request
|   |   `-- UnableError             this writer can't do this task: the baseline plans, reads and repairs nothing
|   `-- AnswerError                 an answer without a whole reply: cut off, refused, empty
|       `-- UnknownCallError        made before with an unknown outcome; repeated only if the user says so
|-- BadSeal                 exit 1  a record that does not prove what it says: another key, changed, a cut chain
|-- LimitError              exit 4  a limit of the user's was reached
|-- JobFailed               exit 1  a job of a worker that would fail in the same way again
`-- ProcessLost             exit 1  a worker process is gone; whoever called it does the work itself
"""

from __future__ import annotations


class OurtakeError(Exception):
    """An error for the user: `what` happened, and what to `do` about it."""

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
    """A setting in ourtake.toml or the environment is wrong."""


class NotPublished(InputError):
    """What was read is not a published article. It is left out on purpose."""


class FetchError(InputError):
    """An address can't or may not be read.

    `passing`: it may be readable later. `status`: the HTTP status. `retry_after`: the wait in seconds that its server
    asked for.
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
    """A host is not asked again in this run: it asked for a long wait, or does not answer. Nothing was sent."""


class PublishError(InputError):
    """A content management system did not take a post, or has another text than the one that was sent.

    `unsure`: the request may have had its effect. `changed`: somebody changed the post there.
    """

    def __init__(self, what: str, do: str = "", *, unsure: bool = False, changed: bool = False) -> None:
        super().__init__(what, do)
        self.unsure = unsure
        self.changed = changed


class StoreError(InputError):
    """The store can't be opened, read or written."""


class ProviderError(OurtakeError):
    """A model provider failed. Nothing that it sent is used as a take."""

    exit_code = 3


class TransientError(ProviderError):
    """A failure that may pass. `retry_after`: the wait in seconds that the provider asked for, if it did."""

    def __init__(self, what: str, do: str = "", *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(what, do)
        self.status = status
        self.retry_after = retry_after


class PermanentError(ProviderError):
    """A failure that a repeated call can't fix.

    `quota`: the account is empty, so another provider may still answer. `lasting`: every request of the run would fail
    in the same way (the key, the model, the account). `named`: the provider's message identifies the fault, so no other
    form of the request needs to be tried. `too_long`: the prompt is, and a model with a larger window may take it.
    `status`: the HTTP status; 0 if nothing was sent.
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
        too_long: bool = False,
    ) -> None:
        super().__init__(what, do)
        self.status = status
        self.quota = quota
        self.too_long = too_long
        self.lasting = lasting or quota
        self.named = named


class UnableError(PermanentError):
    """The writer can't do this kind of task, whatever it is given."""


class AnswerError(ProviderError):
    """The provider answered, but without a whole reply. `status` is one of Reply's."""

    def __init__(self, what: str, do: str = "", *, status: str) -> None:
        super().__init__(what, do)
        self.status = status


class UnknownCallError(AnswerError):
    """The same call was under way when an earlier run ended. It may have been billed."""

    def __init__(self, what: str, do: str = "") -> None:
        super().__init__(what, do, status="unknown")


class BadSeal(OurtakeError):
    """A record of a sign-off that proves nothing: signed with another key, changed, or its chain of acts is cut."""


class LimitError(OurtakeError):
    """A limit of the user's (cost, calls) was reached."""

    exit_code = 4


class JobFailed(OurtakeError):
    """A job of a worker failed, and trying it again would not help until somebody changes something."""


class ProcessLost(OurtakeError):
    """A worker process ended (killed, out of memory) before it answered."""
