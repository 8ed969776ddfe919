"""`ourtake eval`: compare models and prompts on the same stories, and say how sure the comparison is."""

from __future__ import annotations

import typer

from ourtake.cli import eval_report, eval_run

app = typer.Typer(
    help="Compare models and prompts on the same stories, and say how sure the comparison is.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command("run")(eval_run.run)
app.command("report")(eval_report.report)
