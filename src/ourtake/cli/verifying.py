"""`check --verify` and `claims --verify`: a model reads the claims that code did not settle.

Its calls are in the ledger and count against the limits in money, like those of `draft`. A claim that was answered
before, beside the same passages, is not asked about again.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.context import open_store
from ourtake.cli.drafting import Spending, heartbeat, holding_run, recorded_providers, reporting_answers
from ourtake.cli.terminal import say
from ourtake.errors import ConfigError

if TYPE_CHECKING:
    from ourtake.cli.check_run import CheckRun
    from ourtake.cli.check_targets import CheckTarget
    from ourtake.cli.drafting import HeldRun
    from ourtake.config import Settings
    from ourtake.documents import Report
    from ourtake.writing.verify import Verification, Verifier


def verifier_model(given: Settings) -> str:
    """The model that `check` asks: that of [checks] verifier, else the first of [models] default.

    Raises ConfigError if that is "off" or the baseline, which can't read.
    """
    name = given.checks.verifier
    if name == "off":
        raise ConfigError('--verify needs a model, and [checks] verifier is "off".', "Name a model there.")
    name = given.models.in_order[0] if name == "auto" else name
    if name == "baseline":
        what = "--verify needs a model; the built-in baseline can't verify anything."
        raise ConfigError(what, "Name one in [checks] verifier or [models] default; see `ourtake models`.")
    return name


class Verifying:
    """A run that verifies the claims of takes. `failed`: claims were left that the model could not be asked about."""

    def __init__(self, run: HeldRun, verifier: Verifier) -> None:
        self._run = run
        self._verifier = verifier
        self.failed = False

    def report(self, check: CheckRun, target: CheckTarget, report: Report) -> Report:
        """The report with what the verifier said of its claims."""
        found = lazy.asyncio.run(self._ask(check, target, report))
        for note in found.notes:
            say(f"ourtake: {target.name}: {note}")
        if not found.findings and not found.answers:
            return report
        return check.report(target, target.take, read=found.findings, answers=found.answers)

    async def _ask(self, check: CheckRun, target: CheckTarget, report: Report) -> Verification:
        story = lazy.writing_verify.Story(target.source, check.articles(target))
        verifier = self._verifier
        try:
            async with heartbeat(self._run):
                # An id of this run's own: an answer to an earlier one is read back, and --fresh asks again.
                own = lazy.runs.draft_id(self._run.run_id, "verify", target.name)
                ask = lazy.writing_verify.asking(verifier, story, draft_id=own)
                found: Verification = await lazy.writing_verify.verify(
                    report, target.take, story, verifier=verifier, ask=ask
                )
        finally:
            await verifier.provider.close()
        self.failed = self.failed or found.failed
        return found


@contextmanager
def verifying(given: Settings, spending: Spending, takes: Sequence[str | Path]) -> Iterator[Verifying]:
    """A run of the ledger that verifies `takes`, as the command names them; the store is created where there is none.

    Raises ConfigError without a model, and InputError for a limit without a price, or where another process verifies
    the same takes.
    """
    name = verifier_model(given)
    own = lazy.runs.draft_id("verify", name, *map(_fingerprint, takes))
    with open_store(create=True) as store, holding_run(store, f"verify {own}", doing="checked") as run:
        factory, ledger = recorded_providers(run, given, (name,), spending)
        verifier = lazy.writing_verify.Verifier(
            factory.line((name,)), lazy.prompts.Prompts(given), given, store=store, fresh=spending.fresh
        )
        with reporting_answers(ledger):
            yield Verifying(run, verifier)
        run.finished = True


def _fingerprint(take: str | Path) -> str:
    """A file's hash; the name of whatever else a command can be given. Standard input is like nothing else."""
    if str(take) == "-":
        return uuid.uuid4().hex
    try:
        return hashlib.sha256(Path(take).read_bytes()).hexdigest() if Path(take).is_file() else str(take)
    except OSError:
        return str(take)  # whoever reads the take says what is wrong with it
