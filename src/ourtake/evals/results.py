"""The folder of a run, which is all that is needed to report on it: run.json, cases.jsonl and results.jsonl.

results.jsonl only grows while a run works: one line a cell, as it is done. A run that is resumed first removes what is
not finished: the line that a kill cut short, and cells that failed, which are made again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from pydantic import Field, ValidationError

from ourtake.documents import Document, Report, Source, Take, Usage
from ourtake.errors import InputError
from ourtake.evals.suite import Case, Preference
from ourtake.publish.output import replace_file

FORMAT = 1
EDITS = "edits"
"""The metric that is filled in from edits.jsonl: what editors changed at the desk."""
DONE = ("ready", "needs-work")
"""The statuses of cells that have a take."""
_BEFORE_THE_RECORD = """
    eval.db eval.db-wal eval.db-shm eval.db-journal eval.db-sent eval.index eval.index.vectors
"""
"""What a run has before run.json. Store and index know their own and refuse anything else."""


def _may_begin(name: str) -> bool:
    """Whether a run that was killed before it wrote run.json may have left that file."""
    begun = tuple(f".{own}" for own in ("run.json", *_BEFORE_THE_RECORD.split()))
    return name in _BEFORE_THE_RECORD.split() or name.startswith(begun)


class Offered(Document):
    """An article that a writer was offered, without its text."""

    id: str
    url: str
    title: str
    handle: str | None = None


class FirstReport(Document):
    """What the checks found in the first revision, before any repair. `codes`: rule code -> findings."""

    verdict: str
    counts: dict[str, int] = Field(default_factory=dict)
    codes: dict[str, int] = Field(default_factory=dict)
    claim_counts: dict[str, int] = Field(default_factory=dict)
    words: dict[str, int] = Field(default_factory=dict)


class CellResult(Document):
    """A line of results.jsonl: what became of one case with one model, prompt and repeat.

    `status`: as a draft's. `take` and `report` are those of the current revision, `first` is of the first one.
    `cost_usd`: None if it is not known. `seconds`: the time of its calls, as the provider took it. `reused`: some
    answers were in the ledger, and `cost_usd`, `usage` and `seconds` are those of the time when they were paid.
    `metrics`: name -> value; a metric that could not be measured is null.
    """

    cell: str
    case: str
    topic: str
    model: str
    prompt: str
    repeat: int
    status: str
    draft: str = ""
    error: str | None = None
    take: Take | None = None
    report: Report | None = None
    first: FirstReport | None = None
    related: tuple[Offered, ...] = ()
    revisions: int = 0
    usage: Usage = Usage()
    cost_usd: float | None = None
    seconds: float | None = None
    reused: bool = False
    metrics: dict[str, float | None] = Field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether it has a take; what has none says nothing about quality."""
        return self.status in DONE and self.take is not None

    def with_metric(self, name: str, value: float) -> CellResult:
        """The result with a metric that was measured later."""
        return self.model_copy(update={"metrics": {**self.metrics, name: value}})


class RunRecord(Document):
    """run.json. `state`: running, stopped or finished. `labels`: model -> what kind of writer it is, where that is not
    a model. `suite_file`: from the run's folder. `asked`: a hash of cases, prompts and settings. `cells`: how many the
    run has in all.
    """

    format: int = FORMAT
    suite: dict[str, Any]
    suite_file: str = ""
    models: tuple[str, ...]
    prompts: tuple[str, ...]
    repeats: int
    cases: int
    cells: int
    labels: dict[str, str] = Field(default_factory=dict)
    asked: str = ""
    version: str = ""
    run: str = ""
    state: str = "running"
    started: str = ""
    ended: str = ""
    concurrency: int = 1
    seconds: float | None = None


class StoredCase(Document):
    """A line of cases.jsonl."""

    id: str
    topic: str
    source: Source
    expect: tuple[str, ...] | None = None
    kind: str = ""
    preferences: tuple[Preference, ...] = ()


def as_stored(case: Case) -> StoredCase:
    """A case without its articles."""
    shared = {name: getattr(case, name) for name in StoredCase.model_fields}
    return StoredCase.model_construct(**shared)


class Cell(NamedTuple):
    """One thing to do: a case with a model, a prompt and a number of the repeat, from 1."""

    case: Case
    model: str
    prompt: str
    repeat: int

    @property
    def id(self) -> str:
        """Unique in its run."""
        return cell_id(self.case.id, self.model, self.prompt, self.repeat)


class Finished(NamedTuple):
    """Which cells of a run are done. `keep`: for each whole line of results.jsonl, whether it is one of theirs; `size`:
    its bytes; `whole`: its last line is not cut short.
    """

    kept: set[str]
    keep: list[bool]
    size: int
    whole: bool


def cell_id(case: str, model: str, prompt: str, repeat: int) -> str:
    """The name of a cell in messages and files."""
    return f"{case} {model} {prompt} {repeat}"


def _compact(row: CellResult) -> CellResult:
    """A result without what only a reader of its take needs: its claims and the passages near them."""
    if row.report is None:
        return row
    findings = tuple(one.model_copy(update={"evidence": ()}) for one in row.report.findings)
    return row.model_copy(update={"report": row.report.model_copy(update={"claims": (), "findings": findings})})


def write_line(file: IO[bytes], row: Document) -> None:
    """Write a document as a line, whole. Raises OSError."""
    rest = f"{row.model_dump_json()}\n".encode()
    while rest:
        rest = rest[file.write(rest) or 0 :]


def cannot_write(path: Path, error: OSError) -> InputError:
    """The error of a file of a run that can't be written, such as on a full disk."""
    do = "What was answered is in the store. Free some disk space and run the command again with --resume."
    return InputError(f"{path} can't be written: {error.strerror}.", do)


class RunFolder:
    """The folder of a run. Raises InputError where something else is."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def results(self) -> Path:
        """results.jsonl."""
        return self.path / "results.jsonl"

    def check(self) -> None:
        """Raise InputError for a path that holds something that no eval run made."""
        if not os.path.lexists(self.path):
            return
        do = "Name a new folder with -o, or the folder of an eval run."
        if not self.path.is_dir():
            raise InputError(f"{self.path} is not a folder.", do)
        # run.json is written first: without it no other file in the folder is ours, whatever its name.
        foreign = sorted(entry.name for entry in os.scandir(self.path) if not _may_begin(entry.name))
        if foreign and not self.has_run():
            raise InputError(f"{self.path} is not the folder of an eval run: it has {foreign[0]}.", do)

    def record(self) -> RunRecord:
        """run.json. Raises InputError if it is missing or not ours."""
        path = self.path / "run.json"
        if not path.is_file():
            raise InputError(f"{self.path} has no eval run.", "Name the folder that `ourtake eval run -o` wrote.")
        try:
            return RunRecord.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise InputError(f"{path} is not the record of an eval run.", "Run the suite again.") from error

    def has_run(self) -> bool:
        """Whether there is a run already."""
        return (self.path / "run.json").is_file()

    def save(self, record: RunRecord) -> None:
        """Write run.json, whole or not at all."""
        self.write("run.json", record.model_dump_json(indent=2) + "\n")

    def write(self, name: str, text: str) -> Path:
        """Write a file of the run, whole or not at all."""
        path = self.path / name
        if not path.exists():
            path.touch()
        replace_file(path, [text.encode()])
        return path

    def append(self, name: str, row: Document) -> None:
        """Add a line to a file of the run, in one write and without a buffer: a killed process keeps every line that
        was written. Raises InputError if it can't be written.
        """
        path = self.path / name
        try:
            with path.open("ab", buffering=0) as file:
                write_line(file, row)
        except OSError as error:
            raise cannot_write(path, error) from error

    def save_cases(self, cases: list[Case]) -> None:
        """Write cases.jsonl, which a report needs."""
        rows = [as_stored(case) for case in cases]
        self.write("cases.jsonl", "".join(f"{row.model_dump_json(exclude_defaults=True)}\n" for row in rows))

    def cases(self) -> dict[str, StoredCase]:
        """Case id -> case."""
        path = self.path / "cases.jsonl"
        if not path.is_file():
            raise InputError(f"{self.path} has no cases.jsonl.", "Run the suite again.")
        found = {}
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            try:
                row = StoredCase.model_validate_json(line)
            except ValidationError as error:
                raise InputError(f"{path}:{number} is not a case.", "Run the suite again.") from error
            found[row.id] = row
        return found

    def rows(self) -> Iterator[CellResult]:
        """The results so far, one at a time; a line that a kill cut short is left out. Raises InputError."""
        if not self.results.is_file():
            return
        edited = {str(line.get("draft")): line.get("share") for line in self.lines("edits.jsonl")}
        with self.results.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    return
                try:
                    row = CellResult.model_validate_json(line)
                    share = edited.get(row.draft)
                    yield row if share is None else row.with_metric(EDITS, float(share))
                except ValidationError as error:
                    what = f"{self.results}:{number} is not a result."
                    raise InputError(what, "Remove that line, or run the suite again.") from error

    def finished(self, cells: set[str]) -> Finished:
        """Which lines are those of finished cells of this run, each once. Nothing is changed."""
        if not self.results.is_file():
            return Finished(set(), [], 0, whole=True)
        size = self.results.stat().st_size
        kept: set[str] = set()
        keep: list[bool] = []
        for row in self.rows():
            fresh = row.done and row.cell in cells and row.cell not in kept
            keep.append(fresh)
            if fresh:
                kept.add(row.cell)
        with self.results.open("rb") as file:
            file.seek(max(0, size - 1))
            whole = file.read(1) in (b"", b"\n")
        return Finished(kept, keep, size, whole=whole)

    def keep_in(self, target: RunFolder) -> int:
        """Write this run into another folder, to compare with later: takes, findings and figures, without evidence, and
        without the ledger. Returns how many cells that are. Raises InputError for a folder that holds something else,
        or a run that is not finished.
        """
        record = self.record()
        if record.state != "finished":
            do = "Complete it with `ourtake eval run ... --resume` first."
            raise InputError(f"The run in {self.path} is {record.state}.", do)
        target.check()
        target.path.mkdir(parents=True, exist_ok=True)
        suite = os.path.relpath((self.path / record.suite_file).resolve(), target.path.resolve())
        target.save(record.model_copy(update={"suite_file": suite, "run": ""}))
        target.write("cases.jsonl", (self.path / "cases.jsonl").read_text(encoding="utf-8"))
        rows = [_compact(row) for row in self.rows()]
        target.write("results.jsonl", "".join(f"{row.model_dump_json(exclude_defaults=True)}\n" for row in rows))
        return len(rows)

    def keep_finished(self, cells: set[str], seen: Finished) -> set[str]:
        """Remove all lines but those of finished cells, and return those cells. `seen`: what was found before this
        process held the run; another may have written more since.
        """
        if self.results.is_file() and self.results.stat().st_size != seen.size:
            seen = self.finished(cells)
        if not all(seen.keep) or not seen.whole:
            with self.results.open("rb") as old:
                replace_file(self.results, (line for line, wanted in zip(old, seen.keep, strict=False) if wanted))
        return seen.kept

    def lines(self, name: str) -> list[dict[str, Any]]:
        """The whole lines of another file of the run, or none."""
        path = self.path / name
        if not path.is_file():
            return []
        found = []
        for number, line in enumerate(path.read_bytes().splitlines(keepends=True), 1):
            if not line.endswith(b"\n"):
                break
            try:
                found.append(dict(json.loads(line)))
            except (ValueError, TypeError) as error:
                raise InputError(f"{path}:{number} is not JSON.", "Remove that line.") from error
        return found
