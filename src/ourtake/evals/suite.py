"""A suite: which cases, models and prompts an eval run compares, and which demands it has to meet. TOML, with cases in
JSONL.

Paths in a suite start from the folder of its file, paths in a file of cases from the folder of that file.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from ourtake.config import Section, TakeShape
from ourtake.documents import Article, Document, Source, Take
from ourtake.errors import InputError, OurtakeError
from ourtake.intake.files import checked_source, read_source

REPLAY = "replay:"
CASE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_FIX = "Fix that line."


class SuiteLimits(Section):
    """[limits]: calls under way at once; US dollars for the whole run."""

    concurrency: int = Field(default=8, ge=1, le=200)
    max_cost_usd: float | None = Field(default=None, ge=0)


class Bound(Section):
    """[gate.bounds.METRIC]: the demands on a metric. `least` and `most` bound its value. `may_worsen`: how much worse
    than the baseline run's it may be.
    """

    least: float | None = None
    most: float | None = None
    may_worsen: float | None = Field(default=None, ge=0)


class Gate(Section):
    """[gate]: `against` is the folder of the run to compare with. `never_more`: rules for which no take may have a
    finding that its counterpart does not have. `bounds`: metric -> bound, written as [gate.bounds.METRIC].
    """

    against: str = ""
    never_more: tuple[str, ...] = ("LNK001", "LNK002", "LNK012", "LNK016", "QUO001", "SAF004")
    bounds: dict[str, Bound] = Field(default_factory=dict)


class Suite(Section):
    """A suite as its file has it. `prompts`: name -> a folder that has prompts/, as a publication's folder has; ""
    stands for the current prompts. `process`: how a take is made; "quick" is one call, "full" plans, writes and reads
    it again. `take`: keys of [take] in ourtake.toml, for this suite.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}$")
    description: str = ""
    cases: tuple[str, ...] = Field(min_length=1)
    archive: str = ""
    models: tuple[str, ...] = ()
    prompts: dict[str, str] = Field(default_factory=lambda: {"default": ""})
    repeats: int = Field(default=1, ge=1, le=100_000)
    process: Literal["quick", "full"] = "quick"
    take: dict[str, Any] = Field(default_factory=dict)
    judges: tuple[str, ...] = ()
    limits: SuiteLimits = SuiteLimits()
    gate: Gate = Gate()
    file: Path = Field(default=Path("suite.toml"), exclude=True)

    def path(self, name: str) -> Path:
        """A path that the suite names."""
        return self.file.parent / name

    def shape(self, given: TakeShape) -> TakeShape:
        """The form of a take, where the suite changes it. Raises InputError for an unknown key or an invalid value."""
        try:
            return TakeShape.model_validate(given.model_dump() | self.take)
        except ValidationError as error:
            what = f"{self.file}: [take] {_explain(error.errors()[0], TakeShape)}"
            raise InputError(what, "Its keys are those of [take] in ourtake.toml.") from error


class Preference(Document):
    """Two takes on a story, one of which people preferred; judges are tested on them. `by`: who preferred it."""

    better: Take
    worse: Take
    by: str = ""
    why: Literal["edited", "picked"] = "picked"


class Case(Document):
    """One story of a suite. `topic`: cases of one topic are not independent of each other. `related`: the articles that
    the writer is offered, frozen: ids of the suite's archive, or whole articles; None: they are looked up. `expect`:
    for a reply with a known fault, rules one of which should find it; empty for a reply without a fault. `kind`: what
    kind of fault that is; the report counts by it.
    """

    id: str
    topic: str
    source: Source
    related: tuple[str | Article, ...] | None = None
    expect: tuple[str, ...] | None = None
    kind: str = ""
    preferences: tuple[Preference, ...] = ()


_KEYS = ("id", "topic", "source", "source_file", "related", "expect", "kind", "preferences", "note", "like")


def read_suite(file: Path) -> Suite:
    """The suite of a TOML file. Raises InputError that names the file and the key."""
    if not file.is_file():
        raise InputError(f"The suite {file} does not exist.", "Name a .toml file, for example evals/suites/smoke.toml.")
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file} is not valid TOML: {error}.", _FIX) from error
    if isinstance(table.get("cases"), str):
        table["cases"] = [table["cases"]]
    if "file" in table:
        raise InputError(f"{file}: unknown key file.", "Remove it.")
    try:
        return Suite.model_validate({**table, "file": file})
    except ValidationError as error:
        first = min(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
        raise InputError(f"{file}: {_explain(first, Suite)}", "See docs/evals.md for a complete suite.") from error


def read_cases(suite: Suite) -> list[Case]:
    """All cases of a suite, in order. Raises InputError for a bad line, a repeated id or story, or a suite without
    cases.
    """
    cases: list[Case] = []
    ids: dict[str, str] = {}
    stories: dict[tuple[str, str], str] = {}
    for name in suite.cases:
        path = suite.path(name)
        if not path.is_file():
            raise InputError(f"{suite.file}: the file of cases {path} does not exist.", "Name a .jsonl file in cases.")
        known: dict[str, Case] = {}
        for number, case in _cases_of(path, known):
            where = f"{path}:{number}"
            if case.id in ids:
                raise InputError(f"{where}: the case {case.id} already exists ({ids[case.id]}).", "Remove one.")
            ids[case.id] = where
            story = (case.source.url, case.source.title)
            # A story may come with several known faults.
            if story in stories and case.expect is None:
                what = f"{where}: the case {case.id} is the same story as {stories[story]}."
                raise InputError(what, "Remove one; to write a story more than once, use repeats.")
            stories[story] = case.id
            known[case.id] = case
            cases.append(case)
    if not cases:
        raise InputError(f"The suite {suite.file} has no cases.", "Write one JSON object per line; see docs/evals.md.")
    return cases


def _cases_of(path: Path, known: Mapping[str, Case]) -> Iterator[tuple[int, Case]]:
    """The cases of a file with their lines. `known`: those that were read from it before."""
    with path.open(encoding="utf-8") as file:
        try:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, _case(line, path, number, known)
        except UnicodeDecodeError as error:
            raise InputError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from error


def _case(line: str, path: Path, number: int, known: Mapping[str, Case]) -> Case:
    where = f"{path}:{number}"
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not JSON.", _FIX) from error
    if not isinstance(given, dict):
        raise InputError(f"{where} is not a JSON object.", _FIX)
    unknown = sorted(set(given) - set(_KEYS))
    if unknown:
        near = difflib.get_close_matches(unknown[0], _KEYS, 1)
        raise InputError(f"{where}: unknown key {unknown[0]}{f'; did you mean {near[0]}?' if near else '.'}", _FIX)
    name = given.get("id")
    if not isinstance(name, str) or not CASE_ID.fullmatch(name):
        raise InputError(f"{where}: id must be letters, digits, '.', '_' and '-', at most 80.", _FIX)
    if sum(key in given for key in ("source", "source_file", "like")) != 1:
        raise InputError(f"{where}: the case {name} needs either source or source_file.", _FIX)
    same = None
    if "like" in given and (same := known.get(str(given["like"]))) is None:
        what = f"{where}: the case {name} is like {given['like']}, which is not among the cases before it."
        raise InputError(what, "Name a case of an earlier line of this file.")
    try:
        if same is not None:
            source = same.source
            given = {"topic": same.topic, "related": same.related} | given
        elif "source" in given:
            source = checked_source(given["source"] if isinstance(given["source"], dict) else {}, where)
        else:
            source = read_source(str(path.parent / str(given["source_file"])))
        topic = given.get("topic", name)
        source = source.model_copy(update={"id": name})
        more = {key: given[key] for key in ("related", "expect", "kind", "preferences") if given.get(key) is not None}
        return Case.model_validate({"id": name, "topic": topic, "source": source, **more})
    except ValidationError as error:
        raise InputError(f"{where}: {_explain(error.errors()[0], Case)}", _FIX) from error
    except OurtakeError as error:
        raise InputError(f"{where}: {error.what.removeprefix(f'{where}: ')}", error.do) from error


def _explain(problem: Any, model: type[Any]) -> str:
    """One plain sentence for an error of pydantic."""
    where = [str(part) for part in problem["loc"]]
    key = ".".join(where)
    if problem["type"] == "missing":
        return f"{key} is missing."
    if problem["type"] == "extra_forbidden":
        known = list(model.model_fields) if len(where) == 1 else list(_section(model, where[:-1]))
        near = difflib.get_close_matches(where[-1], known, 1)
        hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(k for k in known if k != 'file')}."
        return f"unknown key {key}; {hint}"
    message = problem["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{key} {message}." if key else f"{message}."


def _section(model: type[Any], where: list[str]) -> list[str]:
    for name in where:
        field = model.model_fields.get(name)
        kind = field.annotation if field else Bound
        model = kind if isinstance(kind, type) and issubclass(kind, Section) else Bound
    return list(model.model_fields)


def fingerprint(*values: object) -> str:
    """A short hash of values that JSON can hold: two runs with the same one were asked the same."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
