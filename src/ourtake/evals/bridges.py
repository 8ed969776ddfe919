"""Suites for other tools, and results from them: inspect and promptfoo.

An export asks what the first request of each cell asks, and checks the answer for what can be checked without ourtake:
JSON with the keys of a take, and no address written by the model. The whole checks run where ourtake is installed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ourtake.errors import InputError
from ourtake.evals.results import CellResult, FirstReport, cell_id
from ourtake.writing.prompts import Prompt

_INSPECT = '''"""The suite %(name)s as a task of inspect_ai: inspect eval %(file)s --model openai/MODEL"""

import json
import re
import shutil
import subprocess
import tempfile

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser
from inspect_ai.scorer import CORRECT, INCORRECT, Score, accuracy, scorer, stderr
from inspect_ai.solver import generate

CASES = %(cases)r


def take_of(text):
    found = re.search(r"\\{.*\\}", text, re.S)
    take = json.loads(found[0]) if found else {}
    missing = [key for key in ("headline", "summary", "body", "tags") if not take.get(key)]
    if missing:
        raise ValueError("the take has no " + ", ".join(missing))
    return take


@scorer(metrics=[accuracy(), stderr()])
def passes_without_repair():
    """Whether `ourtake check` finds no error, where it is installed; else whether it is a take at all."""

    async def score(state, target):
        try:
            take = take_of(state.output.completion)
        except ValueError as error:
            return Score(value=INCORRECT, explanation=str(error))
        case = state.metadata["case"]
        if shutil.which("ourtake") is None:
            return Score(value=CORRECT, explanation="not checked: ourtake is not installed")
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            json.dump({"take": take, "source": case["source"], "related": case["related"]}, file)
            file.write("\\n")
            file.flush()
            command = ["ourtake", "check", "--batch", file.name, "--format", "json"]
            done = subprocess.run(command, capture_output=True, text=True)
        if not done.stdout.strip():
            raise RuntimeError(done.stderr)
        report = json.loads(done.stdout.splitlines()[0])
        said = "; ".join([report["verdict_line"], *(finding["code"] for finding in report["findings"])])
        return Score(value=CORRECT if report["verdict"] == "pass" else INCORRECT, explanation=said)

    return score


@task
def %(task)s():
    samples = [
        Sample(
            id=case["id"],
            input=[ChatMessageSystem(content=case["system"]), ChatMessageUser(content=case["user"])],
            metadata={"case": case},
        )
        for case in CASES
    ]
    return Task(dataset=MemoryDataset(samples), solver=generate(), scorer=passes_without_repair())
'''


class ExportCase(NamedTuple):
    """A case with the prompt of its first request; `source` and `related` are JSON."""

    id: str
    prompt: Prompt
    source: Mapping[str, Any]
    related: tuple[Mapping[str, Any], ...]


def inspect_task(name: str, file: str, cases: Iterable[ExportCase]) -> str:
    """A Python file that inspect_ai runs as it is."""
    rows = [
        {"id": case.id, "system": case.prompt.system, "user": case.prompt.user, "source": dict(case.source),
         "related": [dict(item) for item in case.related]}
        for case in cases
    ]  # fmt: skip
    task = "".join(sign if sign.isalnum() and sign.isascii() else "_" for sign in name)
    return _INSPECT % {"name": name, "file": file, "cases": rows, "task": f"suite_{task}"}


def promptfoo_config(name: str, models: Iterable[str], cases: Iterable[ExportCase]) -> str:
    """A promptfooconfig.json that promptfoo runs as it is."""
    # promptfoo takes a prompt for a template: the texts go in as variables, which it does not read again.
    chat = '[{"role": "system", "content": {{ system | dump }}}, {"role": "user", "content": {{ user | dump }}}]'
    check = (
        "let take; try { take = JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1)); } "
        "catch { return false; } return ['headline', 'summary', 'body', 'tags'].every(key => take[key] && "
        "take[key].length) && !/https?:/.test(take.body);"
    )
    tests = [
        {
            "description": case.id,
            "vars": {"id": case.id, "system": _plain(case.prompt.system), "user": _plain(case.prompt.user)},
            "assert": [{"type": "javascript", "value": check}],
        }
        for case in cases
    ]
    config = {
        "description": name,
        "prompts": [chat],
        "providers": [model for model in models if model.partition(":")[0] not in ("baseline", "replay")] or ["echo"],
        "tests": tests,
    }
    return json.dumps(config, ensure_ascii=False, indent=1) + "\n"


def _plain(text: str) -> str:
    """A text that is not taken for a template: promptfoo fills in variables of variables."""
    return text.replace("{{", "{ {").replace("{%", "{ %").replace("{#", "{ #")


def from_promptfoo(file: Path) -> list[CellResult]:
    """The results in promptfoo's JSON (`promptfoo eval -o FILE.json`), as cells with one headline figure each.

    Raises InputError if the file is something else. A result with an error has no take and counts as failed.
    """
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
        rows = given["results"]["results"]
        return [_cell(row, number) for number, row in enumerate(rows, 1)]
    except OSError as error:
        raise InputError(f"{file} can't be read: {error.strerror}.", "Name a file that promptfoo wrote.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"{file} is not a result of promptfoo ({type(error).__name__}: {error})."
        raise InputError(what, "Write one with `promptfoo eval -o FILE.json`.") from error


def _cell(row: Mapping[str, Any], number: int) -> CellResult:
    provider = row["provider"]
    model = str(provider.get("label") or provider["id"]) if isinstance(provider, dict) else str(provider)
    variables = row.get("vars") or {}
    case = str(variables.get("id") or f"test-{row.get('testIdx', number - 1)}")
    prompt = f"prompt-{row['promptIdx']}" if row.get("promptIdx") else "default"
    answered = row.get("response") is not None and not row.get("response", {}).get("error")
    failed = not answered or (row.get("failureReason") == 2)
    cost = row.get("cost")
    usage = (row.get("response") or {}).get("tokenUsage") or {}
    passed = bool(row["success"])
    return CellResult.model_validate(
        {
            "cell": cell_id(case, model, prompt, 1),
            "case": case,
            "topic": str((row.get("testCase") or {}).get("metadata", {}).get("topic") or case),
            "model": model,
            "prompt": prompt,
            "repeat": 1,
            "status": "failed" if failed else "ready" if passed else "needs-work",
            "error": str(row.get("error") or "promptfoo got no answer") if failed else None,
            "take": None if failed else _take(row, case),
            "first": None if failed else FirstReport(verdict="pass" if passed else "fail").model_dump(),
            "revisions": 0 if failed else 1,
            "usage": {
                "input_tokens": usage.get("prompt") or 0,
                "output_tokens": usage.get("completion") or 0,
                "calls": 1,
            },
            # promptfoo writes 0 for a model whose price it does not know.
            "cost_usd": cost if cost else None,
            "seconds": (row["latencyMs"] / 1000) if isinstance(row.get("latencyMs"), int | float) else None,
            "metrics": {} if failed else {"passes_without_repair": float(passed)},
        }
    )


def _take(row: Mapping[str, Any], case: str) -> dict[str, Any]:
    output = (row.get("response") or {}).get("output")
    given = output if isinstance(output, dict) else None
    if given is None:
        text = str(output)
        try:
            given = json.loads(text[text.index("{") : text.rindex("}") + 1])
        except ValueError:
            given = {}
    known = {"headline": case, "summary": "-", "body": str(output) or "-", "tags": []}
    return known | {name: given[name] for name in known if isinstance(given, dict) and given.get(name)}
