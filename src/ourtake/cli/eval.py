"""`ourtake eval`: compare models and prompts on the same stories, and say how certain the result is."""

from __future__ import annotations

import typer

from ourtake.cli import eval_bridges, eval_compare, eval_judge, eval_people, eval_report, eval_run

app = typer.Typer(
    help="Compare models and prompts on the same stories. Say how certain the result is.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command("run")(eval_run.run)
app.command("report")(eval_report.report)
app.command("keep")(eval_report.keep)
app.command("judge")(eval_judge.judge)
app.command("compare")(eval_compare.compare)
app.command("gate")(eval_compare.gate)
app.command("plan")(eval_compare.plan)
app.command("pairs")(eval_people.pairs)
app.add_typer(eval_people.cases_app, name="cases")
app.command("export")(eval_bridges.export)
app.command("import")(eval_bridges.import_results)
