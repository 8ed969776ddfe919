"""`ourtake eval export` and `eval import`: suites for other tools, and results from them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store, output, settings
from ourtake.cli.eval_setup import fill_archive, read_setup, use_folder
from ourtake.cli.options import Force
from ourtake.cli.terminal import emit
from ourtake.errors import InputError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.evals.bridges import ExportCase
    from ourtake.evals.results import CellResult
    from ourtake.evals.suite import Case

TOOLS = ("inspect", "promptfoo")


def export(
    suite: Path = typer.Argument(..., help="The suite.", metavar="SUITE"),
    to: str = typer.Option(..., "--to", help="inspect or promptfoo."),
    out: Path = typer.Option(None, "-o", "--out", help="The file. Default: NAME_task.py or promptfooconfig.json."),
    model: list[str] = typer.Option(None, "--model", "-m", help="provider:model. Default: the suite's."),
    force: Force = False,
) -> None:
    r"""Convert a suite to a file that another tool can run.

    \b
    Examples:
      ourtake eval export evals/suites/takes.toml --to inspect
      ourtake eval export evals/suites/takes.toml --to promptfoo \
          -m openai:gpt-6.1-sol
    """
    if to not in TOOLS:
        raise InputError(f"A suite can't be exported to {to}.", f"Choose {' or '.join(TOOLS)}.")
    setup = read_setup(suite, model or [], None, asks=False)
    name = "_".join(setup.suite.name.split())
    path = out or Path(f"{name}_task.py" if to == "inspect" else "promptfooconfig.json")
    target = output(path, force=force, inputs=[suite])
    with tempfile.TemporaryDirectory(prefix="ourtake-") as temporary:
        use_folder(lazy.eval_results.RunFolder(Path(temporary)), setup)
        with open_store(create=True) as store:
            archive = fill_archive(store, setup)
            prompts = lazy.prompts.Prompts(settings())
            cases: list[ExportCase] = []
            for case in setup.cases:
                brief = lazy.pipeline.look_up(case.source, archive=archive, settings=settings())
                related = tuple(item.model_dump(mode="json", exclude_none=True) for item in brief.related)
                source = case.source.model_dump(mode="json", exclude_none=True)
                prompt = lazy.pipeline.quick_prompt(brief, prompts)
                cases.append(lazy.eval_bridges.ExportCase(case.id, prompt, source, related))
    if to == "inspect":
        target.write(lazy.eval_bridges.inspect_task(setup.suite.name, path.name, cases))
        emit(f"Written to {path}. Run: inspect eval {path} --model openai/MODEL")
    else:
        target.write(lazy.eval_bridges.promptfoo_config(setup.suite.name, setup.models, cases))
        emit(f"Written to {path}. Run: promptfoo eval -c {path} -o results.json")


def import_results(
    file: Path = typer.Argument(..., help="The output of `promptfoo eval -o FILE.json`.", metavar="FILE"),
    out: Path = typer.Option(..., "-o", "--out", help="The folder for the run.", metavar="DIR"),
) -> None:
    r"""Turn promptfoo's results into a run.

    The run can be reported on and compared. Only what promptfoo knows is measured: whether a result
    passed, its cost where it is not 0, and its time.

    \b
    Example:
      ourtake eval import results.json -o theirs
    """
    cells = lazy.eval_bridges.from_promptfoo(file)
    if not cells:
        raise InputError(f"{file} has no results.", "Run promptfoo again.")
    if out.exists() and any(out.iterdir() if out.is_dir() else [out]):
        raise InputError(f"{out} already exists.", "Name a new folder.")
    out.mkdir(parents=True, exist_ok=True)
    folder = lazy.eval_results.RunFolder(out)
    models, prompts = (tuple(dict.fromkeys(getattr(cell, name) for cell in cells)) for name in ("model", "prompt"))
    topics = {cell.case: cell.topic for cell in cells}
    folder.save_cases([_case(name, topic) for name, topic in topics.items()])
    folder.write("results.jsonl", "".join(f"{cell.model_dump_json()}\n" for cell in _unique(cells)))
    suite = {
        "name": file.stem,
        "cases": [str(file)],
        "description": "Imported from promptfoo; its own assertions decided.",
    }
    folder.save(
        lazy.eval_results.RunRecord(
            suite=suite, models=models, prompts=prompts, repeats=1, cases=len(topics), cells=len(cells),
            state="finished", labels=dict.fromkeys(models, "run by promptfoo"),
        )
    )  # fmt: skip
    emit(
        f"{count_of(len(cells), 'result')} of {count_of(len(models), 'model')} "
        f"{'is' if len(cells) == 1 else 'are'} in {out}. Next: ourtake eval report {out}"
    )


def _unique(cells: list[CellResult]) -> list[CellResult]:
    """Repeats of one test are numbered."""
    seen: dict[str, int] = {}
    found = []
    for cell in cells:
        number = seen[cell.cell] = seen.get(cell.cell, 0) + 1
        name = lazy.eval_results.cell_id(cell.case, cell.model, cell.prompt, number)
        found.append(cell.model_copy(update={"repeat": number, "cell": name}))
    return found


def _case(name: str, topic: str) -> Case:
    source = lazy.documents.Source(id=name, title=name, outlet="promptfoo", url=f"promptfoo:{name}", blurb=name)
    made: Case = lazy.eval_suite.Case(id=name, topic=topic, source=source)
    return made
