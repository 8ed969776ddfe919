"""Options and arguments that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

_DRAFT_ID = Argument(metavar="DRAFT_ID", help="The draft's id, or the beginning of it.")
DraftId = Annotated[str, _DRAFT_ID]
DraftIdOrNone = Annotated[str | None, _DRAFT_ID]
RunDir = Annotated[Path, Argument(help="The folder of a run.", metavar="DIR")]
_SOURCE = Argument(metavar="SOURCE", help="A .json or .md file, - for standard input, or a page's address.")
SourceName = Annotated[str, _SOURCE]
SourceOrBatch = Annotated[str | None, _SOURCE]

Json = Annotated[bool, Option("--json", help="Print the result as JSON.")]
Out = Annotated[Path | None, Option("-o", "--out", help="Write the result to this file instead of standard output.")]
Force = Annotated[bool, Option("--force", help="Replace the file if it exists.")]
Person = Annotated[str | None, Option("--as", help="Your name. Also OURTAKE_EDITOR, or [review] editor.")]

Models = Annotated[
    list[str] | None,
    Option(
        "--model",
        "-m",
        help="provider:model, or another name that `ourtake models` lists. Repeat it to name models to use if the "
        "first is down. Default: [models] default.",
    ),
]
MaxCost = Annotated[
    float | None,
    Option("--max-cost", min=0, help="US dollars that this may cost. A call that could exceed it is not made."),
]
Fresh = Annotated[bool, Option("--fresh", help="Ask again even if the ledger already has an answer.")]
RetryUnknown = Annotated[
    bool,
    Option("--retry-unknown", help="Repeat calls whose outcome is unknown. They may already have been billed."),
]
DryRun = Annotated[
    bool, Option("--dry-run", help="Make no calls. Print how many there would be and what they may cost.")
]

Verify = Annotated[
    bool, Option("--verify", help="Have a model check the claims that code can't decide ([checks] verifier).")
]
VerifyCost = Annotated[float | None, Option("--max-cost", min=0, help="With --verify: US dollars that it may cost.")]
VerifyFresh = Annotated[
    bool, Option("--fresh", help="With --verify: ask again about claims that were answered before.")
]
